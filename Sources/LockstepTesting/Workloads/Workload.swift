public import Lockstep

/// A stream of changes from a seed: the same ones for the same seed.
public struct Workload: Sendable {
    /// What a stream is like.
    public struct Shape: Sendable, Hashable {
        /// How many changes.
        public var events: Int
        /// How many records they are about.
        public var subjects: Int
        /// How unevenly changes fall on records: 0 treats all alike, 1 is Zipf's law (the second record changes half as
        /// often as the first, the third a third as often), more is more uneven.
        public var skew: Double
        /// How often a change is of the whole record, from 0 to 1.
        public var replaces: Double
        /// How often it deletes the record, from 0 to 1.
        public var deletes: Double
        /// The smallest and the largest text that a change carries, in bytes; small ones are more frequent.
        public var sizes: ClosedRange<Int>
        /// The kinds of events.
        public var types: [EventType]

        /// A shape.
        public init(
            types: [EventType], events: Int, subjects: Int, skew: Double = 1, replaces: Double = 0.1,
            deletes: Double = 0.05, sizes: ClosedRange<Int> = 10...1_000
        ) {
            self.types = types
            self.events = events
            self.subjects = subjects
            self.skew = skew
            self.replaces = replaces
            self.deletes = deletes
            self.sizes = sizes
        }
    }

    /// The changes, in the order in which they are to be published; with ids and times, without versions.
    public let drafts: [EventDraft]

    /// The stream of a seed.
    ///
    /// Every merge and replacement sets `revision`, a number that only grows, and a field of its own, so that a
    /// record tells which changes it has seen.
    public init(_ shape: Shape, seed: UInt64) throws(LockstepError) {
        precondition(shape.subjects > 0 && !shape.types.isEmpty, "A workload needs a record and a type.")
        var generator = SeededGenerator(seed: seed)
        let popularity = Popularity(count: shape.subjects, skew: shape.skew)
        var drafts: [EventDraft] = []
        drafts.reserveCapacity(shape.events)
        for number in 0..<shape.events {
            let subject = try Subject("record/\(popularity.pick(using: &generator))")
            let milliseconds = 1_700_000_000_000 + number
            let operation = Self.operation(shape, &generator)
            let type = shape.types[Int.random(in: shape.types.indices, using: &generator)]
            let data =
                operation == .delete ? JSONObject() : Self.data(number, of: Self.size(shape.sizes, &generator))
            drafts.append(
                EventDraft(
                    type, about: subject, data, operation: operation,
                    id: EventID(milliseconds: UInt64(milliseconds), using: &generator),
                    time: Timestamp(microseconds: Int64(milliseconds) * 1_000)))
        }
        self.drafts = drafts
    }

    private static func operation(_ shape: Shape, _ generator: inout SeededGenerator) -> EventOperation {
        let dice = Double.random(in: 0..<1, using: &generator)
        if dice < shape.deletes { return .delete }
        return dice < shape.deletes + shape.replaces ? .replace : .merge
    }

    private static func data(_ number: Int, of size: Int) -> JSONObject {
        let text = String(repeating: "x", count: size)
        return ["revision": JSONText(integerLiteral: number), "change-\(number % 8)": JSONText(string: text)]
    }

    /// A size; each doubling is as frequent as the one before.
    private static func size(_ sizes: ClosedRange<Int>, _ generator: inout SeededGenerator) -> Int {
        let most = sizes.count - 1
        let bits = Int.random(in: 0...(Int.bitWidth - most.leadingZeroBitCount), using: &generator)
        return sizes.lowerBound + min(most, Int.random(in: 0..<(1 << bits), using: &generator))
    }
}
