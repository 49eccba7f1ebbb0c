/// Writes AMQP's values one after the other into memory of its own.
///
/// Memory that a large message took is given back once all of it is sent.
struct WireWriter: ~Copyable {
    /// What is kept when nothing waits.
    private static let usual = 256 * 1024

    private var memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    /// How far the bytes have moved to the front so far; see ``Mark``.
    private var moved = 0

    init() { memory = .allocate(byteCount: Self.usual, alignment: 16) }

    deinit { memory.deallocate() }

    /// What has been written and not been consumed.
    var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<end]) }

    var isEmpty: Bool { start == end }

    /// Forgets the first `count` bytes.
    mutating func consume(_ count: Int) {
        precondition(count <= end - start, "More was consumed than was written.")
        start += count
        guard start == end else { return }
        (start, end) = (0, 0)
        guard memory.count > Self.usual else { return }
        memory.deallocate()
        memory = .allocate(byteCount: Self.usual, alignment: 16)
    }

    /// Makes room for `count` bytes in a row.
    @inline(__always)
    mutating func reserve(_ count: Int) {
        if memory.count - end < count { grow(count) }
    }

    private mutating func grow(_ count: Int) {
        let used = end - start
        let isRoomy = memory.count >= 2 * (used + count)
        let target: UnsafeMutableRawBufferPointer =
            isRoomy ? memory : .allocate(byteCount: 2 * (used + count), alignment: 16)
        if used > 0, let to = target.baseAddress, let from = memory.baseAddress {
            to.copyMemory(from: from + start, byteCount: used)
        }
        if !isRoomy {
            memory.deallocate()
            memory = target
        }
        moved += start
        (start, end) = (0, used)
    }

    /// A place in what has been written, also after the memory has moved.
    struct Mark {
        fileprivate let place: Int
    }

    var mark: Mark { Mark(place: end + moved) }

    /// Takes back what was written since.
    mutating func rewind(to mark: Mark) { end = mark.place - moved }

    /// How many bytes were written since.
    func count(since mark: Mark) -> Int { end + moved - mark.place }

    @inline(__always)
    mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        memory.storeBytes(of: value.bigEndian, toByteOffset: end, as: Value.self)
        end += MemoryLayout<Value>.size
    }

    mutating func octet(_ value: UInt8) { integer(value) }
    mutating func short(_ value: UInt16) { integer(value) }
    mutating func long(_ value: UInt32) { integer(value) }
    mutating func longLong(_ value: UInt64) { integer(value) }

    /// Overwrites what was written at a place.
    mutating func patch(_ value: UInt32, at mark: Mark) {
        memory.storeBytes(of: value.bigEndian, toByteOffset: mark.place - moved, as: UInt32.self)
    }

    mutating func patch(_ value: UInt16, at mark: Mark) {
        memory.storeBytes(of: value.bigEndian, toByteOffset: mark.place - moved, as: UInt16.self)
    }

    @inline(__always)
    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        memory.baseAddress?.advanced(by: end).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// A short string; whoever calls has seen to its length.
    mutating func shortString(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            precondition(utf8.count <= ShortString.limit, "A short string is checked before it is written.")
            octet(UInt8(utf8.count))
            raw(UnsafeRawBufferPointer(utf8))
        }
    }

    /// A long string.
    mutating func longString(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            long(UInt32(utf8.count))
            raw(UnsafeRawBufferPointer(utf8))
        }
    }
}
