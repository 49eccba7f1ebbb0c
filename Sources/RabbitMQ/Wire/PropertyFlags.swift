/// Which properties follow, as the content header of a message says it (AMQP 0-9-1, 4.2.6.1 and the class `basic`).
struct PropertyFlags: OptionSet, Sendable {
    let rawValue: UInt16

    static let contentType = PropertyFlags(rawValue: 1 << 15)
    static let contentEncoding = PropertyFlags(rawValue: 1 << 14)
    static let headers = PropertyFlags(rawValue: 1 << 13)
    static let deliveryMode = PropertyFlags(rawValue: 1 << 12)
    static let priority = PropertyFlags(rawValue: 1 << 11)
    static let correlationID = PropertyFlags(rawValue: 1 << 10)
    static let replyTo = PropertyFlags(rawValue: 1 << 9)
    static let expiration = PropertyFlags(rawValue: 1 << 8)
    static let messageID = PropertyFlags(rawValue: 1 << 7)
    static let timestamp = PropertyFlags(rawValue: 1 << 6)
    static let type = PropertyFlags(rawValue: 1 << 5)
    static let userID = PropertyFlags(rawValue: 1 << 4)
    static let appID = PropertyFlags(rawValue: 1 << 3)
    /// Deprecated in AMQP 0-9-1; passed over.
    static let clusterID = PropertyFlags(rawValue: 1 << 2)
    /// Another word of flags follows.
    static let continued = PropertyFlags(rawValue: 1)
}

extension WireReader {
    /// Reads the flags; words beyond the first one, in which nothing is known, are passed over.
    mutating func propertyFlags() throws(Malformed) -> PropertyFlags {
        let first = PropertyFlags(rawValue: try short())
        var last = first
        while last.contains(.continued) { last = PropertyFlags(rawValue: try short()) }
        return first
    }
}
