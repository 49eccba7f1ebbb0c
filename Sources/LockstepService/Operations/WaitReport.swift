/// Which offices have what was published.
public struct WaitReport: Detailed, Hashable {
    /// An office and what it has of it.
    public struct Office: TableRow, Hashable {
        /// Its name.
        public var office: String
        /// How many of the events it should have.
        public var events: Int
        /// How many it has.
        public var has: Int
        /// How many it has given up.
        public var dead: Int
        /// How many it tries again.
        public var waiting: Int
        /// How many it has not said anything of.
        public var noWordYet: Int
        /// Why it does not have one of them; null: it has them all.
        @OrNull public var why: String?

        public static let columns: [TableColumn<Office>] = [
            .text("OFFICE") { $0.office },
            .number("EVENTS") { $0.events },
            .number("HAS") { $0.has },
            .number("DEAD") { $0.dead },
            .number("WAITING") { $0.waiting },
            .number("NO WORD") { $0.noWordYet },
            .text("WHY", isFlexible: true) { $0.why ?? "" },
        ]
    }

    /// How many events were published.
    public var events: Int
    /// How long it took after the broker's confirm, in milliseconds.
    public var milliseconds: Int
    /// The offices that subscribe to any of them.
    public var offices: [Office]

    /// The names of the offices that do not have all they should.
    public var missing: [String] { offices.filter { $0.has < $0.events }.map(\.office) }

    /// Whether every subscribed office has every event.
    public var isComplete: Bool { missing.isEmpty }

    public var details: [Detail] {
        let who =
            offices.isEmpty
            ? "no office subscribes to it"
            : isComplete ? "every subscribed office" : "not " + missing.joined(separator: ", ")
        return [Detail("who has it", who), Detail("waited", NumberText.delay(milliseconds: milliseconds))]
    }

    /// The whole answer for people.
    public func text(width: Int?) -> String {
        DetailText.text(details) + (offices.isEmpty ? "" : "\n" + TextTable.text(offices, width: width))
    }
}
