import Lockstep
import LockstepTesting
import Testing

/// Joining the states of replicas gives what merging all their changes gives.
struct RecordJoinTests {
    private static let histories = 600

    @Test(.timeLimit(.minutes(5)))
    func theJoinOfTwoReplicasIsTheRecordOfAllTheirChanges() async throws {
        try await forEachSeed(Self.histories) { _, generator async throws in
            let changes = try RandomHistory(using: &generator).changes
            let left = changes.filter { _ in generator.chance(0.6) }.shuffled(using: &generator)
            let right = changes.filter { _ in generator.chance(0.6) }.shuffled(using: &generator)
            var joined = try Sample.record(left)
            joined.join(try Sample.record(right))
            try demand(joined.encoded() == (try Sample.record(left + right)).encoded(), "the join is not the union")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func theOrderOfJoiningDoesNotMatter() async throws {
        try await forEachSeed(Self.histories) { _, generator async throws in
            let changes = try RandomHistory(using: &generator).changes
            let states = try (0..<3).map { _ in
                try Sample.record(changes.filter { _ in generator.chance(0.5) }.shuffled(using: &generator))
            }
            var first = states[0]
            first.join(states[1])
            first.join(states[2])
            var second = states[2]
            var inner = states[1]
            inner.join(states[0])
            second.join(inner)
            try demand(first == second, "two ways of joining differ")
            let again = first.join(states[1])
            try demand(again == .duplicate && first == second, "a state that was there already changed something")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func changesGoOnMergingAfterAJoin() async throws {
        try await forEachSeed(Self.histories) { _, generator async throws in
            let changes = try RandomHistory(using: &generator).changes
            var joined = try Sample.record(changes.filter { _ in generator.chance(0.5) })
            joined.join(try Sample.record(changes.filter { _ in generator.chance(0.5) }))
            for change in changes.shuffled(using: &generator) { joined.merge(change) }
            try demand(joined == (try Sample.record(changes)), "merging after a join went elsewhere")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func twinsOfABrokenOriginEndTheSameWhoeverJoins() async throws {
        try await forEachSeed(300) { _, generator async throws in
            let changes = try RandomHistory(using: &generator).changes.filter { $0.operation == .merge }
            let twins = changes.map { change in
                var twin = change
                if twin.data["status"] != nil { twin.data["status"] = "twin" }
                return twin
            }
            var left = try Sample.record(changes)
            let right = try Sample.record(twins)
            left.join(right)
            var other = right
            other.join(try Sample.record(changes))
            try demand(left == other, "the twins differ")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func aStateSurvivesItsWayAsAnEvent() async throws {
        try await forEachSeed(300) { _, generator async throws in
            let record = try Sample.record(try RandomHistory(using: &generator).changes)
            let state = RecordState(record, routes: ["permit.issued", "permit.issued.ward-3"])
            let data = try JSONObject(parsing: state.data.text)
            try demand(try RecordState(data, of: record.subject) == state, "the state changed on its way")
            var empty = Record(subject: record.subject)
            let event = try Self.event(data)
            try demand(empty.merge(event.change).changedSomething, "it was not taken in")
            try demand(empty == record, "taking it in made another record")
        }
    }

    @Test(arguments: ["", "A", "AAAA", "!!!!", "AQAAAAAA=A=="])
    func whatIsNoStateIsRefusedBeforeItIsTakenIn(text: String) throws {
        let draft = EventDraft(
            try EventType(RecordState.eventType), about: try Subject("permit/1"), ["state": JSONText(string: text)],
            operation: .state, source: try Origin("core"), id: try EventID("1"), version: try Sample.version(1))
        #expect(throws: LockstepError.self) { try draft.received() }
    }

    @Test func damagedStatesAreRefusedOrJoined() async throws {
        try await forEachSeed(500) { _, generator async throws in
            let record = try Sample.record(try RandomHistory(using: &generator).changes)
            var bytes = record.encoded()
            bytes[Int.random(in: bytes.indices, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            guard let other = try? Record(subject: record.subject, encoded: bytes),
                let state = try? RecordState(RecordState(other, routes: nil).data, of: record.subject)
            else { return }
            var joined = record
            joined.join(state.record)
            try demand(
                (try? Record(subject: record.subject, encoded: joined.encoded())) == joined, "it broke the record")
        }
    }

    @Test func nobodyPublishesAState() throws {
        let draft = EventDraft(try EventType("permit.issued"), about: try Subject("permit/1"), [:], operation: .state)
        #expect(throws: LockstepError.self) { try draft.check(largest: 1 << 20) }
    }

    private static func event(_ data: JSONObject) throws -> Event {
        try EventDraft(
            try EventType(RecordState.eventType), about: try Subject("permit/1"), data, operation: .state,
            source: try Origin("core"), id: try EventID("1"), time: Timestamp(microseconds: 0),
            version: try Sample.version(1)
        ).received()
    }
}
