import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepSQLite

/// What a replica remembers between batches is what stands in its file, whoever changed it.
@Suite(.timeLimit(.minutes(2)))
struct ReplicaMemoryTests {
    private static let permit = "permit/24-019651"

    private static func merge(_ replica: SQLiteReplica, _ step: Int, _ data: JSONObject) async throws -> MergeOutcome {
        try await replica.merge([Arrival(try Sample.event(step, data))])[0].outcome
    }

    private static func shown(_ directory: URL) async throws -> JSONObject? {
        try await OfficeReader(path: Sample.file(directory)).record(try Subject(permit))?.shown(by: .newest)
    }

    @Test func whatAnotherProgramWroteIsMergedInto() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let other = try Sample.replica(directory, "other")
            _ = try await Self.merge(replica, 1, ["SUBDESC": "Pool"])
            _ = try await Self.merge(replica, 2, ["SUBDESC": "Deck"])
            _ = try await Self.merge(other, 1, ["ADDRESS": "1 Main Street"])
            _ = try SQLiteShell.write(
                Sample.file(directory),
                "ATTACH '\(Sample.file(directory, "other"))' AS other; "
                    + "UPDATE records SET registers = (SELECT registers FROM other.records)")
            _ = try await Self.merge(replica, 3, ["WORKDESC": "New"])
            #expect(try await Self.shown(directory) == ["ADDRESS": "1 Main Street", "WORKDESC": "New"])
        }
    }

    @Test func whatAnotherProgramDeletedIsGone() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await Self.merge(replica, 1, ["SUBDESC": "Pool"])
            _ = try SQLiteShell.write(Sample.file(directory), "DELETE FROM records")
            #expect(try await Self.merge(replica, 2, ["WORKDESC": "New"]) == .applied)
            #expect(try await Self.shown(directory) == ["WORKDESC": "New"])
        }
    }

    @Test func editsOfTheSameAndOfAnotherConnectionAreMergedInto() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let subject = try Subject(Self.permit)
            _ = try await Self.merge(replica, 1, ["SUBDESC": "Pool"])
            try await replica.edit(RecordEdit(subject, ["ADDRESS": "1 Main Street"]))
            _ = try await Self.merge(replica, 2, ["WORKDESC": "New"])
            let beside = try SQLiteReplica(
                beside: Sample.file(directory), office: try OfficeName("ward-1"), calendar: try Sample.mappings(),
                clock: Sample.now)
            try await beside.edit(RecordEdit(subject, ["FOLDERTYPE": "B1"]))
            _ = try await Self.merge(replica, 3, ["SUBDESC": "Deck"])
            // Also what the second connection remembers is not what it edits.
            try await beside.edit(RecordEdit(subject, ["FOLDERTYPE": "B2"]))
            #expect(
                try await Self.shown(directory) == [
                    "ADDRESS": "1 Main Street", "FOLDERTYPE": "B2", "SUBDESC": "Deck", "WORKDESC": "New",
                ])
        }
    }

    @Test func aBatchThatFailedIsForgotten() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            _ = try await Self.merge(replica, 1, ["SUBDESC": "Pool"])
            try await replica.pragma("max_page_count = 30")
            let large = JSONText(string: String(repeating: "x", count: 500))
            let batch = try (2..<500).map {
                Arrival(try Sample.event($0, ["NOTE": large], number: $0 == 2 ? "24-019651" : "24-\($0)"))
            }
            #expect(await failure { _ = try await replica.merge(batch) }?.code == .storeFull)
            try await replica.pragma("max_page_count = 1000000")
            _ = try await Self.merge(replica, 600, ["WORKDESC": "New"])
            #expect(try await Self.shown(directory) == ["SUBDESC": "Pool", "WORKDESC": "New"])
            #expect(try await replica.merge(batch).allSatisfy { $0.outcome == .applied || $0.outcome == .merged })
            #expect(try await Self.shown(directory) == ["NOTE": large, "SUBDESC": "Pool", "WORKDESC": "New"])
        }
    }

    @Test func whatWasPushedMeanwhileIsNotPushedAgain() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let subject = try Subject(Self.permit)
            for step in 1...4 {
                _ = try await Self.merge(replica, step, ["SUBDESC": .init(integerLiteral: step)])
                let changes = try await replica.unpushed(among: [subject])
                #expect(changes.map(\.data) == [["SUBDESC": .init(integerLiteral: step)]])
                try await replica.markPushed(changes)
                // A duplicate shows nothing new.
                _ = try await Self.merge(replica, step, ["SUBDESC": .init(integerLiteral: step)])
                #expect(try await replica.unpushed(among: [subject]).isEmpty)
            }
        }
    }

    /// Side by side: a replica that stays open, and one that is opened anew for every batch and so remembers nothing.
    @Test func itIsAsIfNothingWereRemembered() async throws {
        try await forEachSeed(12) { seed, _ in
            try await withTemporaryDirectory { directory in
                var generator = SeededGenerator(seed: seed)
                let replica = try Sample.replica(directory, "open")
                let history = try RecordHistory(events: 150, records: 6, using: &generator)
                for batch in history.deliveries(using: &generator) {
                    let fresh = try Sample.replica(directory, "fresh")
                    let answers = try await replica.merge(batch)
                    #expect(try await fresh.merge(batch) == answers, "seed \(seed)")
                    switch Int.random(in: 0..<6, using: &generator) {
                    // In half of the histories: the office's own change is news to one of the two only, and how far each is
                    // compacted goes by what was news to it.
                    case 0 where seed % 2 == 0:
                        let edit = RecordEdit(batch[0].event.subject, ["status": "edited"])
                        let event = try await replica.edit(edit)
                        for replica in [replica, fresh] { _ = try await replica.merge([Arrival(event)]) }
                    case 1 where seed % 2 == 1:
                        for replica in [replica, fresh] { _ = try await replica.compact(keeping: .seconds(60)) }
                    case 2:
                        for replica in [replica, fresh] {
                            let subjects = Set(batch.map(\.event.subject))
                            try await replica.markPushed(try await replica.unpushed(among: subjects))
                        }
                    default: break
                    }
                    try fresh.close()
                    #expect(try Self.dump(directory, "open") == Self.dump(directory, "fresh"), "seed \(seed)")
                    #expect(
                        try await Self.digests(directory, "open") == Self.digests(directory, "fresh"), "seed \(seed)")
                }
            }
        }
    }

    private static func digests(_ directory: URL, _ name: String) async throws -> DriftAnswer {
        let reader = try OfficeReader(path: Sample.file(directory, name))
        return try await reader.answer(.nodes(DriftPrefix.root.children.flatMap(\.children)))
    }

    private static func dump(_ directory: URL, _ name: String) throws -> String {
        try SQLiteShell.run(
            Sample.file(directory, name),
            """
            SELECT subject, version, data, types, hex(registers), type, scope, routes FROM records ORDER BY subject;
            SELECT subject, title FROM calendar ORDER BY subject
            """)
    }
}
