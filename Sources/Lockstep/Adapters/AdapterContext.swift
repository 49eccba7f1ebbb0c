public import Logging

/// What an adapter may want to know besides the changes.
public struct AdapterContext: Sendable {
    /// Whose system it is.
    public var office: OfficeName
    /// Where to log; the office's name is in its metadata.
    public var logger: Logger

    /// A context.
    public init(office: OfficeName, logger: Logger) {
        self.office = office
        self.logger = logger
    }
}
