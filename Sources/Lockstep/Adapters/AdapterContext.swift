public import Logging

/// What an adapter may want to know besides the changes.
public struct AdapterContext: Sendable {
    /// Whose system it is.
    public var office: OfficeName
    /// How many changes may be on their way to the office's system at once, 1 to 100.
    public var concurrency: Int
    /// Where to log; the office's name is in its metadata.
    public var logger: Logger

    /// A context.
    public init(office: OfficeName, concurrency: Int = DeliveryPace.unlimited.concurrency, logger: Logger) {
        self.office = office
        self.concurrency = concurrency
        self.logger = logger
    }
}
