/// Cuts a stream of bytes into frames; pure.
public struct WireFrameReader: Sendable {
    /// The bytes are not frames.
    public struct NotAFrame: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private var buffer: [UInt8] = []
    private var start = 0

    /// Makes a reader that has seen nothing; the protocol header of a client is not a frame and is taken off first.
    public init() {}

    /// Adds what arrived.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// What has arrived and was not read as a frame.
    public var unread: [UInt8] { Array(buffer[start...]) }

    /// The next frame that is whole; `nil` until more arrives.
    public mutating func next() throws(NotAFrame) -> WireFrame? {
        guard buffer.count - start >= WireFrame.headerSize else { return nil }
        guard let kind = WireFrame.Kind(rawValue: buffer[start]) else {
            throw NotAFrame(description: "There is no kind of frame with the number \(buffer[start]).")
        }
        let payload = start + WireFrame.headerSize
        let end = payload + Int(UInt32(bigEndianBytes: buffer[(start + 3)..<payload]))
        guard buffer.count > end else { return nil }
        guard buffer[end] == WireFrame.endOctet else {
            throw NotAFrame(description: "A frame ends with the byte \(buffer[end]).")
        }
        defer { start = end + 1 }
        return WireFrame(
            kind, channel: UInt16(bigEndianBytes: buffer[(start + 1)..<(start + 3)]),
            payload: Array(buffer[payload..<end]))
    }
}
