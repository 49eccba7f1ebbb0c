/// A frame as it lies in a reader's memory.
struct EncodedFrame {
    static let method: UInt8 = 1
    static let header: UInt8 = 2
    static let body: UInt8 = 3
    static let heartbeat: UInt8 = 8
    /// What a frame has besides its payload: kind, channel and size before it, an end octet behind it.
    static let overhead = 8
    static let end: UInt8 = 0xCE

    let kind: UInt8
    let channel: UInt16
    /// Valid until the reader is asked for the next frame.
    let payload: UnsafeRawBufferPointer
}

/// Finds frames in the bytes that arrive (AMQP 0-9-1, 4.2.3).
struct FrameReader: ~Copyable {
    /// How much is read at a time at the least; most of what a broker sends at once.
    private static let roomAtLeast = 128 * 1024

    private let memory: UnsafeMutableRawBufferPointer
    private let frameMax: Int
    private var start = 0
    private var end = 0

    /// - Parameter frameMax: the largest frame, in bytes, overhead and all.
    init(frameMax: Int) {
        self.frameMax = frameMax
        memory = .allocate(byteCount: frameMax + Self.roomAtLeast, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Whether a frame has begun to arrive and is not complete.
    var isInFrame: Bool { start < end }

    /// The next frame that is complete; `nil` where more bytes are needed.
    ///
    /// - Throws: ``RabbitMQError`` with code `protocolViolation` where the bytes are no frame.
    @inline(__always)
    mutating func next() throws -> EncodedFrame? {
        guard end - start >= 7 else { return nil }
        let size = Int(UInt32(bigEndian: memory.loadUnaligned(fromByteOffset: start + 3, as: UInt32.self)))
        guard size <= frameMax - EncodedFrame.overhead else {
            throw RabbitMQError.violation("a frame of \(size) bytes; \(frameMax) were agreed upon")
        }
        guard end - start >= size + EncodedFrame.overhead else { return nil }
        guard memory[start + 7 + size] == EncodedFrame.end else {
            throw RabbitMQError.violation("a frame that does not end where it says")
        }
        let frame = EncodedFrame(
            kind: memory[start],
            channel: UInt16(bigEndian: memory.loadUnaligned(fromByteOffset: start + 1, as: UInt16.self)),
            payload: UnsafeRawBufferPointer(rebasing: memory[(start + 7)..<(start + 7 + size)]))
        start += size + EncodedFrame.overhead
        return frame
    }

    /// Memory for more bytes, at least 128 KiB; invalidates the frame before.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if start == end {
            (start, end) = (0, 0)
        } else if memory.count - end < Self.roomAtLeast, let base = memory.baseAddress {
            base.copyMemory(from: base + start, byteCount: end - start)
            (start, end) = (0, end - start)
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[end...])
    }

    /// Notes that so many bytes were put there.
    mutating func filled(_ count: Int) {
        precondition(count <= memory.count - end, "More was read than there was room for.")
        end += count
    }
}
