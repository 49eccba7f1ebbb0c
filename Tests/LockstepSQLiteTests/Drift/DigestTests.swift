import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// The digests that a replica keeps are those of the records that it holds.
@Suite(.timeLimit(.minutes(1)))
struct DigestTests {
    @Test func keptDigestsAreThoseOfTheRecords() async throws {
        for seed: UInt64 in 1...4 {
            try await withTemporaryDirectory { directory in
                var generator = SeededGenerator(seed: seed)
                let replica = try Sample.replica(directory)
                let reader = try OfficeReader(path: Sample.file(directory))
                for batch in 0..<6 {
                    let events = try (0..<80).map { try Self.event(batch * 80 + $0, &generator) }
                    _ = try await replica.merge(events.map { Arrival($0) })
                    try await Self.compare(reader, seed)
                }
            }
        }
    }

    @Test func changesAreAddedUpEverySoOften() async throws {
        try await withTemporaryDirectory { directory in
            var generator = SeededGenerator(seed: 8)
            let file = Sample.file(directory)
            let replica = try Sample.replica(directory)
            let reader = try OfficeReader(path: file)
            var most = 0
            for batch in 0..<150 {
                let events = try (0..<3).map { try Self.event(batch * 3 + $0, &generator) }
                _ = try await replica.merge(events.map { Arrival($0) })
                most = max(most, try #require(Int(SQLiteShell.run(file, "SELECT count(*) FROM digest_changes"))))
                if batch % 10 == 9 { try await Self.compare(reader, 8) }
            }
            #expect((50..<64).contains(most))
            #expect(try SQLiteShell.run(file, "SELECT count(*) FROM digests WHERE children <> x''") != "0")
            // Of what somebody deletes, changes that are not added up yet must not count either.
            _ = try SQLiteShell.write(file, "DELETE FROM records WHERE id % 5 = 1")
            try await Self.compare(reader, 8)
            try replica.close()
            _ = try Sample.replica(directory)
            #expect(try SQLiteShell.run(file, "SELECT count(*) FROM digests WHERE stale") == "0")
            try await Self.compare(try OfficeReader(path: file), 8)
        }
    }

    @Test func recordsThatSomebodyDeletesAreNoticed() async throws {
        try await withTemporaryDirectory { directory in
            var generator = SeededGenerator(seed: 9)
            let replica = try Sample.replica(directory)
            _ = try await replica.merge(try (0..<200).map { Arrival(try Self.event($0, &generator)) })
            let reader = try OfficeReader(path: Sample.file(directory))
            _ = try SQLiteShell.write(Sample.file(directory), "DELETE FROM records WHERE id % 7 = 3")
            #expect(try SQLiteShell.run(Sample.file(directory), "SELECT count(*) FROM digests WHERE stale") != "0")
            try await Self.compare(reader, 9)
            // Also what is taken in after that.
            _ = try await replica.merge(try (200..<300).map { Arrival(try Self.event($0, &generator)) })
            try await Self.compare(reader, 9)
            try replica.close()
            _ = try Sample.replica(directory)
            #expect(try SQLiteShell.run(Sample.file(directory), "SELECT count(*) FROM digests WHERE stale") == "0")
            try await Self.compare(try OfficeReader(path: Sample.file(directory)), 9)
        }
    }

    @Test func recordsThatSomebodyChangesAreNoticed() async throws {
        try await withTemporaryDirectory { directory in
            var generator = SeededGenerator(seed: 10)
            let replica = try Sample.replica(directory)
            _ = try await replica.merge(try (0..<200).map { Arrival(try Self.event($0, &generator)) })
            let reader = try OfficeReader(path: Sample.file(directory))
            #expect(try SQLiteShell.run(Sample.file(directory), "SELECT count(*) FROM digests WHERE stale") == "0")
            _ = try SQLiteShell.write(
                Sample.file(directory),
                "UPDATE records SET registers = (SELECT registers FROM records WHERE id = 2) WHERE id = 1")
            try await Self.compare(reader, 10)
            _ = try await replica.merge(try (200..<300).map { Arrival(try Self.event($0, &generator)) })
            try await Self.compare(reader, 10)
        }
    }

    /// As a file of an older release is after the migration.
    @Test func recordsWithoutAPlaceGetOneWhenTheFileIsOpened() async throws {
        try await withTemporaryDirectory { directory in
            var generator = SeededGenerator(seed: 11)
            let replica = try Sample.replica(directory)
            _ = try await replica.merge(try (0..<150).map { Arrival(try Self.event($0, &generator)) })
            try replica.close()
            _ = try SQLiteShell.write(
                Sample.file(directory), "UPDATE records SET place = NULL, routes = NULL; DELETE FROM digests")
            let again = try Sample.replica(directory)
            let reader = try OfficeReader(path: Sample.file(directory))
            try await Self.compare(reader, 11)
            let unknown = try await reader.driftIndex { $0 == nil }
            #expect(unknown.digest(of: .root).count > 0)
            _ = try await again.merge([Arrival(try Self.event(900, &generator))])
            try await Self.compare(reader, 11)
        }
    }

    @Test func routingKeysAreRemembered() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            var second = try Sample.event(2, ["STATUS": "Closed"], type: "permit.final")
            second.scope = try Scope("ward-3")
            let first = try Sample.event(1, ["STATUS": "Issued"])
            _ = try await replica.merge([Arrival(second), Arrival(first)])
            let reader = try OfficeReader(path: Sample.file(directory))
            let answer = try await reader.answer(.states([DriftPlace(of: first.subject)]))
            guard case .states(let states) = answer, let state = states.first?.first else {
                Issue.record("there is no state")
                return
            }
            #expect(state.routes == ["permit.final.ward-3", "permit.issued"])
            #expect(state.record.encoded() == (try Sample.contents(Sample.file(directory))[first.subject]))
        }
    }

    @Test func aStateIsTakenInLikeAnyDelivery() async throws {
        try await withTemporaryDirectory { directory in
            let source = try Sample.replica(directory, "core")
            _ = try await source.merge([
                Arrival(try Sample.event(1, ["SUBDESC": "Deck", "WORKDESC": "New"])),
                Arrival(try Sample.event(2, ["WORKDESC": "Old"])),
            ])
            let office = try Sample.replica(directory, "office")
            _ = try await office.merge([Arrival(try Sample.event(1, ["SUBDESC": "Deck", "WORKDESC": "New"]))])
            let place = DriftPlace(of: try Subject("permit/24-019651"))
            let answer = try await OfficeReader(path: Sample.file(directory, "core")).answer(.states([place]))
            guard case .states(let states) = answer, let state = states.first?.first else {
                Issue.record("there is no state")
                return
            }
            let event = try Self.repair(state)
            #expect(try await office.merge([Arrival(event)]).map(\.outcome) == [.applied])
            #expect(try await office.merge([Arrival(event)]).map(\.outcome) == [.duplicate])
            #expect(
                try Sample.contents(Sample.file(directory, "office"))
                    == (try Sample.contents(Sample.file(directory, "core"))))
            #expect(
                try await OfficeReader(path: Sample.file(directory, "office")).calendar().map(\.title) == ["Old: Deck"])
        }
    }

    private static func repair(_ state: RecordState) throws -> Event {
        Event(
            id: try EventID("repair-1"), source: try Origin("core"), type: try EventType(RecordState.eventType),
            subject: state.record.subject, time: Timestamp(microseconds: Sample.milliseconds * 1000),
            version: try #require(state.record.version), operation: .state, data: state.data)
    }

    private static func event(_ step: Int, _ generator: inout SeededGenerator) throws -> Event {
        try Sample.event(
            step, ["STATUS": JSONText(integerLiteral: .random(in: 0...9, using: &generator))],
            operation: generator.chance(0.1) ? .delete : generator.chance(0.1) ? .replace : .merge,
            type: generator.chance(0.5) ? "permit.issued" : "permit.final",
            number: "24-\(Int.random(in: 0..<250, using: &generator))")
    }

    /// All answers of the kept digests against a tree that is made from scratch.
    private static func compare(_ reader: OfficeReader, _ seed: UInt64) async throws {
        let scratch = try await reader.driftIndex { _ in true }
        let nodes =
            [DriftPrefix.root] + DriftPrefix.root.children
            + DriftPrefix.root.children.flatMap(\.children).prefix(64)
            + DriftPrefix.root.children[3].children[5].children
        let kept = try await reader.answer(.nodes(nodes))
        #expect(kept == scratch.answer(to: .nodes(nodes)), "seed \(seed)")
        let listed = try await reader.answer(.listings(DriftPrefix.root.children))
        #expect(listed == scratch.answer(to: .listings(DriftPrefix.root.children)), "seed \(seed)")
    }
}
