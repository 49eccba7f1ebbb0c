import CRabbitMQ
import Glibc

extension ConnectionHandle {
    /// What the library has read behind the end of the login: methods on channel 0, such as that an alarm goes off.
    static func readBehindLogin(_ state: amqp_connection_state_t, timeout: Int32) throws -> [Method] {
        var methods: [Method] = []
        while true {
            var frame = amqp_frame_t()
            let status = crabbitmq_read_behind_login(state, &frame, timeout)
            if status == AMQP_STATUS_TIMEOUT.rawValue, amqp_release_buffers_ok(state) != 0 { return methods }
            guard status == AMQP_STATUS_OK.rawValue else { throw RabbitMQError.lost(status: status) }
            defer { amqp_maybe_release_buffers(state) }
            if let method = try method(of: frame) { methods.append(method) }
        }
    }

    private static func method(of frame: amqp_frame_t) throws -> Method? {
        guard Int32(frame.frame_type) == AMQP_FRAME_METHOD else {
            if Int32(frame.frame_type) == AMQP_FRAME_HEARTBEAT { return nil }
            throw RabbitMQError.violation("content right behind the login")
        }
        let method = frame.payload.method
        guard frame.channel == 0, let decoded = method.decoded else {
            throw RabbitMQError.violation("a method of a channel right behind the login")
        }
        switch MethodID(rawValue: method.id) {
        case .connectionBlocked:
            let blocked = decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
            return .connectionBlocked(reason: String(blocked.reason))
        case .connectionUnblocked:
            return .connectionUnblocked
        case .connectionClose:
            let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            return .connectionClose(Method.CloseReason(code: Int(close.reply_code), text: String(close.reply_text)))
        default:
            throw RabbitMQError.violation("a method that does not belong right behind the login")
        }
    }

    /// What a broker said about itself when it greeted.
    static func serverProperties(of state: amqp_connection_state_t) -> FieldTable {
        guard let table = amqp_get_server_properties(state)?.pointee else { return [:] }
        // Only texts are of interest: its product, its version, the cluster's name.
        let entries = UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        return FieldTable(
            entries.filter { $0.value.kind == UInt8(AMQP_FIELD_KIND_UTF8.rawValue) }
                .map { (String($0.key), .string(String($0.value.value.bytes))) })
    }
}

extension String {
    /// Text in librabbitmq's memory, copied; what is not UTF-8 is repaired.
    fileprivate init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}

/// Strings for C, for as long as this lives; a password among them does not outlive it.
final class CStrings {
    private var copies: [UnsafeMutablePointer<CChar>] = []

    func copy(_ text: String) -> UnsafePointer<CChar> {
        guard let copy = strdup(text) else { preconditionFailure("The process is out of memory.") }
        copies.append(copy)
        return UnsafePointer(copy)
    }

    deinit {
        for copy in copies {
            explicit_bzero(copy, strlen(copy))
            free(copy)
        }
    }
}
