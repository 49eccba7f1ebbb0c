import LockstepTesting

extension WireFrame {
    /// A method with its header and its body, as a publish or a delivery is sent.
    static func message(_ method: WireMethod, _ body: String, channel: UInt16 = 1) -> [WireFrame] {
        let bytes = Array(body.utf8)
        let header = UInt16(60).bigEndianBytes + UInt16(0).bigEndianBytes + UInt64(bytes.count).bigEndianBytes + [0, 0]
        var frames = [WireFrame(method, channel: channel), WireFrame(.header, channel: channel, payload: header)]
        if !bytes.isEmpty { frames.append(WireFrame(.body, channel: channel, payload: bytes)) }
        return frames
    }

    /// An acknowledgement of one tag.
    static func ack(_ tag: UInt64, channel: UInt16 = 1) -> WireFrame {
        WireFrame(.basicAck, channel: channel, arguments: tag.bigEndianBytes + [0])
    }

    /// What a client of this name answers to `connection.start`.
    static func startOk(named name: String) -> WireFrame {
        let key = Array("connection_name".utf8)
        let entry =
            [UInt8(key.count)] + key + Array("S".utf8) + UInt32(name.utf8.count).bigEndianBytes + Array(name.utf8)
        return WireFrame(.connectionStartOk, channel: 0, arguments: UInt32(entry.count).bigEndianBytes + entry)
    }
}

extension [WireFrame] {
    var bytes: [UInt8] { flatMap(\.bytes) }
}

/// What a client sends before its first frame.
let protocolHeader = Array("AMQP".utf8) + [0, 0, 9, 1]
