extension MessageProperties {
    /// Makes properties of the bytes that a content header has for them.
    init(_ encoded: UnsafeRawBufferPointer, wasTruncated: inout Bool) throws(WireReader.Malformed) {
        var reader = WireReader(encoded)
        let flags = try reader.propertyFlags()
        self.init()
        if flags.contains(.contentType) { contentType = try reader.shortString() }
        if flags.contains(.contentEncoding) { contentEncoding = try reader.shortString() }
        if flags.contains(.headers) {
            headers = try FieldTable(EncodedTable(bytes: try reader.longBytes()), wasTruncated: &wasTruncated)
        }
        // RabbitMQ takes a message that does not say so as transient.
        deliveryMode = .transient
        if flags.contains(.deliveryMode) { deliveryMode = DeliveryMode(rawValue: try reader.octet()) ?? .transient }
        if flags.contains(.priority) { priority = try reader.octet() }
        if flags.contains(.correlationID) { correlationID = try reader.shortString() }
        if flags.contains(.replyTo) { replyTo = try reader.shortString() }
        if flags.contains(.expiration) { expiration = try reader.shortString() }
        if flags.contains(.messageID) { messageID = try reader.shortString() }
        if flags.contains(.timestamp) { timestamp = try reader.longLong() }
        if flags.contains(.type) { type = try reader.shortString() }
        if flags.contains(.userID) { userID = try reader.shortString() }
        if flags.contains(.appID) { appID = try reader.shortString() }
    }

    /// Looks whether every property ends where it should, without making any.
    ///
    /// - Returns: Whether headers are nested deeper than a reader goes.
    static func validate(_ encoded: UnsafeRawBufferPointer) throws(WireReader.Malformed) -> Bool {
        var reader = WireReader(encoded)
        let flags = try reader.propertyFlags()
        try reader.passShortStrings(flags.intersection(.beforeHeaders))
        var isTooDeep = false
        if flags.contains(.headers) { isTooDeep = try EncodedTable(bytes: try reader.longBytes()).validate() }
        if flags.contains(.deliveryMode) { _ = try reader.octet() }
        if flags.contains(.priority) { _ = try reader.octet() }
        try reader.passShortStrings(flags.intersection(.beforeTimestamp))
        if flags.contains(.timestamp) { _ = try reader.longLong() }
        try reader.passShortStrings(flags.intersection(.behindTimestamp))
        return isTooDeep
    }
}

extension PropertyFlags {
    // Short strings that stand in a row.
    static let beforeHeaders: PropertyFlags = [.contentType, .contentEncoding]
    fileprivate static let beforeTimestamp: PropertyFlags = [.correlationID, .replyTo, .expiration, .messageID]
    fileprivate static let behindTimestamp: PropertyFlags = [.type, .userID, .appID, .clusterID]
}

extension WireReader {
    /// Passes over a short string for each flag.
    mutating func passShortStrings(_ flags: PropertyFlags) throws(Malformed) {
        for _ in 0..<flags.rawValue.nonzeroBitCount { _ = try shortBytes() }
    }
}
