extension Seen {
    /// The newest reading of all that was seen; nil: nothing was.
    ///
    /// A clock must move past it before it gives the change its version.
    public var newestReading: ClockReading? {
        switch self {
        case .everywhere(let vector): vector.entries.map(\.reading).max()
        case .byField(let vectors): vectors.values.flatMap { $0.entries.map(\.reading) }.max()
        }
    }
}
