import CRabbitMQ
import Glibc

// Everything is copied: the memory below belongs to librabbitmq and is reused with the next frame.

extension String {
    /// Text that the broker wrote, or a name that it checked; what is not UTF-8 is repaired.
    init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }

    /// Text that anybody may have written; `nil` where it is not UTF-8.
    init?(validating bytes: amqp_bytes_t) {
        self.init(bytes)
        // What is repaired has other bytes. Faster than to ask first: headers are ASCII, and each message has ten.
        let isUnrepaired = withUTF8 { text in
            guard text.count == bytes.len, let start = text.baseAddress, let received = bytes.bytes else {
                return bytes.len == 0
            }
            return memcmp(start, received, bytes.len) == 0
        }
        guard isUnrepaired else { return nil }
    }
}

extension [UInt8] {
    init(_ bytes: amqp_bytes_t) {
        self.init(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
    }
}
