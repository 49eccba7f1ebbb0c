import Lockstep

/// Reads events from NDJSON, line by line; says what is wrong with the lines that are none.
struct EventLines {
    /// What a line holds.
    enum Entry {
        case event(EventDraft, line: Int)
        case bad(BadLine)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let largestEvent: Int
    private var splitter: LineSplitter
    private var line = 0

    /// - Parameter largestEvent: The most bytes that an event may have.
    init(largestEvent: Int) {
        self.largestEvent = largestEvent
        // JSON may write a byte of an event with six, and blanks besides.
        splitter = LineSplitter(limit: largestEvent * 6 + 65_536)
    }

    /// Takes a piece of the input in.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [Entry] {
        splitter.feed(bytes).compactMap { entry(of: $0) }
    }

    /// What stands after the last line feed.
    mutating func finish() -> Entry? {
        splitter.finish().flatMap { entry(of: $0) }
    }

    private mutating func entry(of text: LineSplitter.Line) -> Entry? {
        line += 1
        guard case .text(var bytes) = text else {
            return .bad(BadLine(line: line, reason: "the line is far longer than the limit for an event"))
        }
        if line == 1, bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(3) }
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
        do throws(LockstepError) {
            let draft = try EventCodec.draft(fromJSON: bytes)
            try draft.check(largest: largestEvent)
            return .event(draft, line: line)
        } catch {
            return .bad(BadLine(line: line, reason: error.message))
        }
    }
}
