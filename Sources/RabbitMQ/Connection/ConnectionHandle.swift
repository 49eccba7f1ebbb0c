import CRabbitMQ
import EventThread

/// The one owner of a librabbitmq connection, and the only thing that touches it.
///
/// Belongs to the actor on the connection's thread: it can be neither copied nor sent away. After the first error
/// nothing but its end is allowed; the library may write past its buffers then.
struct ConnectionHandle: ~Copyable {
    let state: amqp_connection_state_t
    let arena = Arena()
    let watchdog: Watchdog
    private let scratch: UnsafeMutableRawBufferPointer

    /// The largest frame that is proposed to the broker; RabbitMQ's own default.
    static let frameMax = 128 * 1024
    /// What a content header frame holds besides the properties.
    static let headerOverhead = 7 + 14 + 1

    /// Makes a handle that is not connected.
    init(watchdog: Watchdog) throws {
        guard let state = amqp_new_connection() else {
            throw RabbitMQError(.connectionLost, "The process is out of memory: a connection could not be made.")
        }
        self.state = state
        self.watchdog = watchdog
        scratch = .allocate(byteCount: Self.frameMax, alignment: 8)
    }

    deinit {
        watchdog.unwatch()
        // The socket does not block, so a farewell of TLS does not, either.
        amqp_destroy_connection(state)
        scratch.deallocate()
    }

    /// The socket; ask on every turn, since the library may have closed it.
    var descriptor: Int32 { amqp_get_sockfd(state) }

    /// The most channels; the broker may have lowered it.
    var channelMax: UInt16 { UInt16(clamping: amqp_get_channel_max(state)) }

    /// What the broker says about itself.
    var serverProperties: FieldTable {
        guard let table = amqp_get_server_properties(state) else { return [:] }
        var ignored = false
        return FieldTable(table.pointee, wasTruncated: &ignored)
    }

    /// Whether something waits inside the library, where `poll(2)` does not see it.
    var hasBuffered: Bool { crabbitmq_has_buffered(state) != 0 }

    /// Whether a frame has begun to arrive and is not yet complete.
    var isInFrame: Bool { amqp_release_buffers_ok(state) == 0 }

    /// Whether these properties fit into a frame of this connection.
    func fits(_ properties: inout amqp_basic_properties_t) -> Bool {
        let room = min(scratch.count, Int(amqp_get_frame_max(state))) - Self.headerOverhead
        return crabbitmq_encoded_size(&properties, scratch.baseAddress, max(0, room)) >= 0
    }

    /// Lends the handle.
    func lend(to body: (borrowing ConnectionHandle) throws -> Void) rethrows {
        try body(self)
    }

    /// Calls the library where it may block, under the watchdog's eyes.
    func call(_ body: () -> Int32) throws {
        let status = watchdog.guarding(body)
        guard status < 0 else { return }
        throw RabbitMQError.lost(status: status)
    }
}

extension RabbitMQError {
    /// The error for a negative status of librabbitmq on a connection that was made.
    static func lost(status: Int32, file: String = #fileID, line: Int = #line) -> RabbitMQError {
        let words = amqp_error_string2(status).map { String(cString: $0) } ?? "unknown error"
        let code: Code =
            switch amqp_status_enum(status) {
            case AMQP_STATUS_BAD_AMQP_DATA, AMQP_STATUS_UNKNOWN_CLASS, AMQP_STATUS_UNKNOWN_METHOD: .protocolViolation
            default: .connectionLost
            }
        return RabbitMQError(
            code, "The connection broke (librabbitmq: \(words)). The client makes a new one.", file: file, line: line)
    }
}
