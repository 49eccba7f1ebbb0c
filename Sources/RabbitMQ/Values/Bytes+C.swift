import CRabbitMQ

// Everything is copied: the memory below belongs to librabbitmq and is reused with the next frame.

extension String {
    /// Text that the broker wrote, or a name that it checked; what is not UTF-8 is repaired.
    init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }

    /// Text that anybody may have written; `nil` where it is not UTF-8.
    init?(validating bytes: amqp_bytes_t) {
        let buffer = UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len)
        self.init(validating: buffer, as: UTF8.self)
    }
}

extension [UInt8] {
    init(_ bytes: amqp_bytes_t) {
        self.init(UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len))
    }
}
