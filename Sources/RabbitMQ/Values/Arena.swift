import CRabbitMQ

/// Memory for what one call into librabbitmq is given; recycled after it.
///
/// The pool is librabbitmq's own kind. It lives behind a pointer, since the library keeps the address.
struct Arena: ~Copyable {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        pool.initialize(to: amqp_pool_t())
        init_amqp_pool(pool, 16 * 1024)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    /// Takes back all that was given out.
    func recycle() {
        recycle_amqp_pool(pool)
    }

    /// Uninitialized memory for `count` values.
    func allocate<Value>(_ count: Int, of type: Value.Type) -> UnsafeMutablePointer<Value> {
        guard let memory = amqp_pool_alloc(pool, max(1, count * MemoryLayout<Value>.stride)) else {
            preconditionFailure("The process is out of memory.")
        }
        return memory.bindMemory(to: type, capacity: count)
    }

    /// A copy of the text's UTF-8.
    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    /// A copy of the text's UTF-8 with a NUL behind it.
    func cString(_ text: String) -> UnsafePointer<CChar> {
        let utf8 = Array(text.utf8)
        let memory = allocate(utf8.count + 1, of: CChar.self)
        for (offset, byte) in utf8.enumerated() { memory[offset] = CChar(bitPattern: byte) }
        memory[utf8.count] = 0
        return UnsafePointer(memory)
    }

    /// A copy of the bytes.
    func bytes(_ bytes: [UInt8]) -> amqp_bytes_t {
        bytes.withUnsafeBytes { copy($0) }
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let base = source.baseAddress, !source.isEmpty else { return amqp_bytes_t() }
        let memory = UnsafeMutableRawPointer(allocate(source.count, of: UInt8.self))
        memory.copyMemory(from: base, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: memory)
    }
}
