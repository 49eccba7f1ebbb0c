public import Lockstep

/// A record as an office holds it, to be compared with another office's.
public struct HeldRecord: Sendable, Hashable {
    /// The record's name.
    public var subject: Subject
    /// The newest version that shows in it.
    public var version: Version
    /// Its canonical serialization: offices that took in the same events have the same bytes.
    public var registers: [UInt8]
    /// The types of all events that it took in.
    public var types: [String]
    /// The routing keys of all these events; nil: the replica does not know them.
    public var routes: [String]?

    /// A record.
    public init(subject: Subject, version: Version, registers: [UInt8], types: [String], routes: [String]? = nil) {
        self.subject = subject
        self.version = version
        self.registers = registers
        self.types = types
        self.routes = routes
    }
}
