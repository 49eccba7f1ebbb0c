/// Writes frames into memory, from which they are sent many at a time.
struct FrameWriter: ~Copyable {
    /// What is written and not yet sent.
    var out = WireWriter()
    private let frameMax: Int

    /// - Parameter frameMax: the largest frame, in bytes, overhead and all.
    init(frameMax: Int) { self.frameMax = frameMax }

    /// Writes a method.
    ///
    /// - Throws: ``RabbitMQError`` where an argument cannot be written; then nothing is.
    mutating func method(
        _ id: MethodID, on channel: UInt16, _ arguments: (inout WireWriter) throws -> Void = { _ in }
    ) throws {
        try frame(EncodedFrame.method, channel) { out in
            out.long(id.rawValue)
            try arguments(&out)
        }
    }

    mutating func heartbeat() {
        out.octet(EncodedFrame.heartbeat)
        out.short(0)
        out.long(0)
        out.octet(EncodedFrame.end)
    }

    /// Writes a message that is published, mandatory, in three frames or more.
    ///
    /// - Throws: ``RabbitMQError`` where something in it cannot be written; then nothing is.
    mutating func publish(_ publication: Publication, on channel: UInt16) throws {
        let message = publication.message
        out.reserve(message.body.count + 1_024)
        let mark = out.mark
        do {
            try method(.basicPublish, on: channel) { out in
                out.short(0)
                out.shortString(try ShortString.checked(publication.exchange, as: "exchange name"))
                out.shortString(try ShortString.checked(publication.routingKey, as: "routing key"))
                // Mandatory, and not immediate.
                out.octet(1)
            }
            try frame(EncodedFrame.header, channel) { out in
                out.short(60)
                out.short(0)
                out.longLong(UInt64(message.body.count))
                try message.properties.write(to: &out)
            }
        } catch {
            out.rewind(to: mark)
            throw error
        }
        message.body.withUnsafeBytes { bytes in
            let most = frameMax - EncodedFrame.overhead
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + most)
                out.octet(EncodedFrame.body)
                out.short(channel)
                out.long(UInt32(end - start))
                out.raw(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                out.octet(EncodedFrame.end)
                start = end
            }
        }
    }

    private mutating func frame(
        _ kind: UInt8, _ channel: UInt16, _ payload: (inout WireWriter) throws -> Void
    ) throws {
        let mark = out.mark
        out.octet(kind)
        out.short(channel)
        let size = out.mark
        out.long(0)
        do {
            try payload(&out)
            guard out.count(since: mark) < frameMax else { throw RabbitMQError.headersTooLarge }
        } catch {
            out.rewind(to: mark)
            throw error
        }
        out.patch(UInt32(out.count(since: size) - 4), at: size)
        out.octet(EncodedFrame.end)
    }
}

extension RabbitMQError {
    static var headersTooLarge: RabbitMQError {
        RabbitMQError(
            .headersTooLarge,
            "The message's properties and headers do not fit into a frame of the connection. Nothing was sent. "
                + "Put large data into the body.")
    }
}
