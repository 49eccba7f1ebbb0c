extension WireFrame {
    /// What the client calls its connection, where this is its `connection.start-ok`.
    ///
    /// Found by its key, without reading the table around it.
    var connectionName: String? {
        guard method == .connectionStartOk else { return nil }
        // A short string, and the letter of a long one.
        let key = [UInt8(15)] + Array("connection_name".utf8) + Array("S".utf8)
        let bytes = arguments
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: key) }) else { return nil }
        let afterKey = bytes[(start + key.count)...]
        let text = afterKey.dropFirst(4).prefix(Int(UInt32(bigEndianBytes: afterKey.prefix(4))))
        return String(decoding: text, as: UTF8.self)
    }
}
