import CRabbitMQ

/// The bytes of a connection that is logged in, by TCP or by TLS over it; no call ever waits.
struct ByteStream: ~Copyable {
    private var stream: crabbitmq_stream_t

    init(_ stream: crabbitmq_stream_t) { self.stream = stream }

    /// Whether bytes are there that `poll(2)` does not see.
    var hasPending: Bool {
        mutating get { crabbitmq_has_pending(&stream) != 0 }
    }

    /// Whether reading goes on only when the socket has room, as in a handshake that TLS makes anew.
    var readWaitsForRoom: Bool { stream.read_waits_for_room != 0 }

    /// Whether writing goes on only when something has been read.
    var writeWaitsForBytes: Bool { stream.write_waits_for_bytes != 0 }

    /// Reads what is there; returns how many bytes, 0 where there are none yet.
    mutating func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
        try Self.checked(crabbitmq_read(&stream, memory.baseAddress, memory.count))
    }

    /// Writes what finds room; returns how many bytes.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try Self.checked(crabbitmq_write(&stream, bytes.baseAddress, bytes.count))
    }

    private static func checked(_ result: Int) throws -> Int {
        guard result >= 0 else { throw RabbitMQError.lost(status: Int32(clamping: result)) }
        return result
    }
}
