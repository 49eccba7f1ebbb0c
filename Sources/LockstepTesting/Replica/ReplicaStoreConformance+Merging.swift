import Lockstep

extension ReplicaStoreConformance {
    /// Each event of a batch gets its own answer, the batch's earlier events included in what is there already.
    public func answersForEachEventInOrder() async throws {
        let store = try await open([])
        let first = try SampleEvent.permit(1, ["status": "Received"])
        let second = try SampleEvent.permit(2, ["status": "Issued"])
        let answers = try await store.merge([first, first, second, first].map { Arrival($0) })
        try require(
            answers.map(\.outcome) == [.applied, .duplicate, .applied, .superseded],
            "a batch is answered event by event, in order; it was \(answers.map(\.outcome.rawValue))"
        )
        try require(try await store.merge([]).isEmpty, "an empty batch has no answers")
    }

    /// Two stores that took in the same events hold the same bytes and would push the same, whatever the order.
    public func holdsTheSameBytesInAnyOrder(histories: Int) async throws {
        try await forEachSeed(histories) { _, generator in
            let history = try RecordHistory(events: 60, using: &generator)
            let subjects = Set(history.events.map(\.subject))
            let ordered = try await open([])
            for event in history.events { _ = try await ordered.merge([Arrival(event)]) }
            let expected = try await contents(ordered)
            try require(Set(expected.keys) == subjects, "every record that an event was about is there")
            for _ in 0..<3 {
                let other = try await open([])
                for batch in history.deliveries(using: &generator) { _ = try await other.merge(batch) }
                try require(try await contents(other) == expected, "the order of deliveries leaves no trace")
                let changes = (try await ordered.unpushed(among: subjects), try await other.unpushed(among: subjects))
                try require(Set(changes.0) == Set(changes.1), "the order of deliveries does not change what is pushed")
            }
        }
    }

    /// Taking events in again changes nothing, and the answers say so.
    public func takesNothingInTwice(histories: Int) async throws {
        try await forEachSeed(histories) { _, generator in
            let history = try RecordHistory(events: 40, using: &generator)
            let store = try await open([])
            for event in history.events { _ = try await store.merge([Arrival(event)]) }
            let before = try await contents(store)
            for batch in history.deliveries(using: &generator) {
                let answers = try await store.merge(batch)
                try require(
                    !answers.contains(where: \.outcome.changedSomething),
                    "an event that is there already changes nothing"
                )
            }
            try require(try await contents(store) == before, "events that come again leave the bytes as they are")
        }
    }

    /// A record that the calendar cannot show is kept all the same, and the refusal is told whenever its event comes.
    public func refusesWhatTheCalendarCannotShow() async throws {
        let mapping = CalendarMapping(
            match: try TopicPattern("permit.*"), title: try Template("{status}"), starts: try Template("{issued}")
        )
        let store = try await open([mapping])
        let good = try SampleEvent.permit(1, ["status": "Issued", "issued": "2024-11-04"])
        let bad = try SampleEvent.permit(2, ["issued": "soon"])
        let answers = try await store.merge([Arrival(good), Arrival(bad)])
        try require(answers[0].refusal == nil, "an event before one that is refused is not refused with it")
        try require(answers[1].outcome == .applied && answers[1].refusal != nil, "a refused event is still taken in")
        let again = try await store.merge([Arrival(bad, attempt: 2)])
        try require(again[0].outcome == .duplicate, "a refused event is there already when it comes again")
        try require(again[0].refusal == answers[1].refusal, "a refused event is refused again when it comes again")
        let mended = try await store.merge([Arrival(try SampleEvent.permit(3, ["issued": "2024-11-05"]))])
        try require(mended[0].refusal == nil, "a record that is mended is shown again")
    }
}
