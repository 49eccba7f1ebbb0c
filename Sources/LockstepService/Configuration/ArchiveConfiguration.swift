/// How many past events are kept, to be sent again.
public struct ArchiveConfiguration: Sendable, Hashable {
    /// How long an event is kept.
    public var keep: Duration
    /// The most bytes that are kept.
    public var size: Int

    /// 30 days and 10 GiB, unless said otherwise.
    public init(keep: Duration = .seconds(30 * 86_400), size: Int = 10 << 30) {
        self.keep = keep
        self.size = size
    }
}
