/// Cuts bytes that arrive piece by piece into lines.
struct LineSplitter {
    /// One line without its end.
    enum Line: Equatable {
        case text([UInt8])
        /// It was longer than the limit; its bytes are gone.
        case tooLong
    }

    private let limit: Int
    private var rest: [UInt8] = []
    private var isSkipping = false

    /// - Parameter limit: The longest line that is kept, in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a piece in, and returns the lines that it completes.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var remaining = bytes[...]
        while let end = remaining.firstIndex(of: UInt8(ascii: "\n")) {
            append(remaining[..<end])
            lines.append(complete())
            remaining = remaining[remaining.index(after: end)...]
        }
        append(remaining)
        return lines
    }

    /// The last line, if it does not end with a line feed.
    mutating func finish() -> Line? {
        rest.isEmpty && !isSkipping ? nil : complete()
    }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        guard !isSkipping else { return }
        rest.append(contentsOf: bytes)
        if rest.count > limit {
            rest = []
            isSkipping = true
        }
    }

    private mutating func complete() -> Line {
        defer {
            rest = []
            isSkipping = false
        }
        if isSkipping { return .tooLong }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        return .text(rest)
    }
}
