/// Drops and holds the frames of methods, with the content that follows them; pure.
struct MethodGate {
    /// A method that does not get through.
    struct Rule: Hashable {
        let fault: InjectedFault
        let method: WireMethod
        /// Held back, and not lost.
        let isHeld: Bool
    }

    private enum Verdict: Hashable {
        case pass
        case drop
        case hold(InjectedFault)
    }

    /// A method whose header and body are under way on a channel.
    private struct Content {
        var verdict: Verdict
        /// How much of the body is missing; `nil` before the header.
        var missing: Int?
    }

    private var contents: [UInt16: Content] = [:]
    private var held: [(fault: InjectedFault, piece: FrameStream.Piece)] = []
    /// Released while another message was under way on its channel: to be passed on right after that.
    private var parked: [UInt16: [FrameStream.Piece]] = [:]

    /// Takes in a piece; returns what gets through now.
    mutating func pass(_ piece: FrameStream.Piece, _ rules: [Rule]) -> [FrameStream.Piece] {
        guard let frame = piece.frame, frame.kind != .heartbeat else { return [piece] }
        let verdict: Verdict
        var isComplete = true
        if let method = frame.method {
            verdict = rules.first { $0.method == method }.map { $0.isHeld ? .hold($0.fault) : .drop } ?? .pass
            contents[frame.channel] = method.hasContent ? Content(verdict: verdict) : nil
            isComplete = !method.hasContent
        } else {
            guard var content = contents[frame.channel] else { return [piece] }
            verdict = content.verdict
            content.missing = (content.missing ?? frame.announcedBody) - (frame.kind == .body ? frame.payload.count : 0)
            isComplete = content.missing == 0
            contents[frame.channel] = isComplete ? nil : content
        }
        switch verdict {
        case .pass: return isComplete ? [piece] + (parked.removeValue(forKey: frame.channel) ?? []) : [piece]
        case .drop: return []
        case .hold(let fault):
            held.append((fault, piece))
            return []
        }
    }

    /// Lets go what a fault holds; returns what gets through now.
    mutating func release(_ fault: InjectedFault) -> [FrameStream.Piece] {
        let released = held.filter { $0.fault == fault }.map(\.piece)
        held.removeAll { $0.fault == fault }
        let busy = Set(contents.filter { $0.value.verdict == .pass }.keys)
        for (channel, content) in contents where content.verdict == .hold(fault) {
            contents[channel]?.verdict = .pass
        }
        return released.filter { piece in
            guard let channel = piece.frame?.channel, busy.contains(channel) else { return true }
            parked[channel, default: []].append(piece)
            return false
        }
    }
}

extension WireMethod {
    /// Whether a header and a body follow: `basic.publish`, `return`, `deliver`, `get-ok`.
    fileprivate var hasContent: Bool { classID == 60 && [40, 50, 60, 71].contains(methodID) }
}

extension WireFrame {
    /// How large a header says that its body is.
    fileprivate var announcedBody: Int {
        guard kind == .header, payload.count >= 12 else { return 0 }
        return Int(bigEndianBytes: payload[4..<12])
    }
}
