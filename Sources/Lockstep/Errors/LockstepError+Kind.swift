extension LockstepError {
    /// Whether the reason lies outside and may pass by itself.
    public var mayPass: Bool {
        code == .storeUnavailable || code == .storeFull || code == .brokerUnavailable
    }
}
