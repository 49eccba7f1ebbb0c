import CRabbitMQ

/// The one owner of a librabbitmq connection, and the only thing that touches it.
///
/// The library connects, speaks TLS and logs in. From then on bytes are read and written here, many frames at a time,
/// and no call waits: the library's own reading and writing does, for ever where the peer does not read.
///
/// Belongs to the actor on the connection's thread: it can be neither copied nor sent away.
struct ConnectionHandle: ~Copyable {
    let state: amqp_connection_state_t
    let limits: Limits
    var stream: ByteStream
    var reader: FrameReader
    var writer: FrameWriter
    var names = NameCache()
    /// Methods that came right behind the login.
    var early: [Method]
    /// Whether the last read took all that there was.
    private var isDrained = false

    /// What was agreed upon with the broker.
    struct Limits {
        /// The most channels.
        let channels: UInt16
        /// The largest frame, in bytes.
        let frame: Int
        /// How often each side shows that it lives; `nil` where the broker does not want that.
        let heartbeat: Duration?
    }

    /// The largest frame that is proposed to the broker; RabbitMQ's own default.
    static let frameMax = 128 * 1024

    /// Connects and logs in.
    ///
    /// Blocks for up to twice the time-out, and once more where the login is broken off; name resolution has the system's own.
    init(_ endpoint: Endpoint, connectionName: String, heartbeat: Duration, timeout: Duration) throws {
        let opened = try Self.open(endpoint, name: connectionName, heartbeat: heartbeat, timeout: timeout)
        state = opened.state
        let seconds = amqp_get_heartbeat(opened.state)
        limits = Limits(
            channels: UInt16(clamping: amqp_get_channel_max(opened.state)),
            frame: Int(amqp_get_frame_max(opened.state)), heartbeat: seconds > 0 ? .seconds(Int(seconds)) : nil)
        stream = ByteStream(opened.stream)
        reader = FrameReader(frameMax: limits.frame)
        writer = FrameWriter(frameMax: limits.frame)
        early = opened.early
    }

    deinit {
        // The socket does not block, so a farewell of TLS does not, either.
        amqp_destroy_connection(state)
    }

    /// The socket.
    var descriptor: Int32 { amqp_get_sockfd(state) }

    /// What the broker says about itself.
    var serverProperties: FieldTable { Self.serverProperties(of: state) }

    /// Whether something waits in memory, where `poll(2)` does not see it.
    var hasBuffered: Bool {
        mutating get { !early.isEmpty || stream.hasPending }
    }

    /// Whether a frame has begun to arrive and is not yet complete.
    var isInFrame: Bool { reader.isInFrame }

    /// Whether the pump must look again when the socket has room.
    var waitsForRoom: Bool {
        (!writer.out.isEmpty && !stream.writeWaitsForBytes) || stream.readWaitsForRoom
    }
}

extension ConnectionHandle {
    /// Begins to look anew for what has arrived.
    mutating func lookAgain() { isDrained = false }

    /// The next frame that is there already; `nil` where there is none.
    ///
    /// - Parameter didRead: set where bytes came from the broker.
    mutating func nextFrame(didRead: inout Bool) throws -> Frame? {
        if !early.isEmpty { return Frame(channel: 0, payload: .method(early.removeFirst())) }
        while true {
            while let encoded = try reader.next() {
                if let frame = try Frame(copying: encoded, names: &names) { return frame }
            }
            // What has come since is seen by the next wait: a second look would find nothing, nearly always.
            guard !isDrained else { return nil }
            let room = reader.room()
            let count = try stream.read(into: room)
            isDrained = count < room.count
            guard count > 0 else { return nil }
            reader.filled(count)
            didRead = true
        }
    }

    /// Sends what has been written, as far as the socket takes it; returns whether it took anything.
    mutating func flush() throws -> Bool {
        var isSent = false
        while !writer.out.isEmpty {
            let count = try stream.write(writer.out.pending)
            guard count > 0 else { break }
            writer.out.consume(count)
            isSent = true
        }
        return isSent
    }
}

extension RabbitMQError {
    /// The error for a negative status of librabbitmq on a connection that was made.
    static func lost(status: Int32, file: String = #fileID, line: Int = #line) -> RabbitMQError {
        let words = amqp_error_string2(status).map { String(cString: $0) } ?? "unknown error"
        return RabbitMQError(
            .connectionLost, "The connection broke (\(words)). The client makes a new one.", file: file, line: line)
    }
}
