import Lockstep
import LockstepTesting
import Testing

@testable import LockstepService

struct EventLinesTests {
    /// Cuts a text into pieces by chance, and tells what comes of it.
    private static func entries(_ text: String, using generator: inout SeededGenerator) -> [String] {
        var lines = EventLines(largestEvent: 100)
        var rest = Array(text.utf8)[...]
        var entries: [EventLines.Entry] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &generator)
            entries += lines.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        if let last = lines.finish() { entries.append(last) }
        return entries.map { entry in
            switch entry {
            case .event(let draft, let line): "\(line): \(draft.subject)"
            case .bad(let line): "\(line.line): bad"
            }
        }
    }

    @Test func linesAreTheSameHoweverTheyArrive() throws {
        let event = #"{"type":"a","subject":"s","data":{}}"#
        let large = #"{"type":"a","subject":"s","data":{"x":"\#(String(repeating: "y", count: 100))"}}"#
        let endless = String(repeating: "z", count: 70_000)
        let text = "\u{FEFF}\(event)\r\n\n  \n{}\n\(large)\n\(endless)\n\(event)"
        try forEachSeed(200) { _, generator in
            try #require(Self.entries(text, using: &generator) == ["1: s", "4: bad", "5: bad", "6: bad", "7: s"])
        }
    }

    @Test func nothingIsNoLine() {
        var lines = EventLines(largestEvent: 100)
        #expect(lines.feed([]).isEmpty)
        #expect(lines.finish() == nil)
    }
}
