/// Cuts one way of a connection into frames, without losing a byte; pure.
///
/// A stream that is not AMQP, such as TLS, comes out as it went in.
struct FrameStream {
    /// Bytes that belong together.
    struct Piece: Hashable {
        var bytes: [UInt8]
        /// What they are, unless they are the protocol header, half a frame, or no AMQP.
        var frame: WireFrame?
    }

    private enum State {
        case beginning([UInt8])
        case frames
        case unknown
    }

    private static let protocolName = Array("AMQP".utf8)
    private static let protocolHeaderSize = 8

    private var state = State.beginning([])
    private var reader = WireFrameReader()

    /// Takes in what arrived; returns what is whole by now.
    mutating func take(_ bytes: [UInt8]) -> [Piece] {
        switch state {
        case .unknown:
            return [Piece(bytes: bytes)]
        case .frames:
            return frames(after: bytes)
        case .beginning(let earlier):
            let all = earlier + bytes
            guard zip(all, Self.protocolName).allSatisfy(==) else {
                state = .frames
                return frames(after: all)
            }
            guard all.count >= Self.protocolHeaderSize else {
                state = .beginning(all)
                return []
            }
            state = .frames
            let header = Piece(bytes: Array(all[..<Self.protocolHeaderSize]))
            return [header] + frames(after: Array(all[Self.protocolHeaderSize...]))
        }
    }

    /// What arrived of a frame that will never be whole.
    mutating func takeRest() -> Piece? {
        let rest: [UInt8] =
            switch state {
            case .beginning(let bytes): bytes
            case .frames: reader.unread
            case .unknown: []
            }
        state = .unknown
        return rest.isEmpty ? nil : Piece(bytes: rest)
    }

    private mutating func frames(after bytes: [UInt8]) -> [Piece] {
        reader.append(bytes)
        var pieces: [Piece] = []
        do {
            while let frame = try reader.next() {
                pieces.append(Piece(bytes: frame.bytes, frame: frame))
            }
        } catch {
            // Whoever reads it will say so better.
            if let rest = takeRest() { pieces.append(rest) }
        }
        return pieces
    }
}
