import Foundation
import GRDB
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(2)))
struct EditingTests {
    private static let permit = "permit/24-019651"

    private static func edit(_ data: JSONObject, operation: EventOperation = .merge) throws -> RecordEdit {
        RecordEdit(try Subject(permit), data, operation: operation)
    }

    private static func outbox(_ directory: URL) throws -> String {
        try SQLiteShell.run(
            Sample.file(directory), "SELECT type, scope, source, data FROM lockstep_outbox ORDER BY position")
    }

    private static func merged(_ replica: SQLiteReplica, _ event: Event) async throws -> MergeOutcome {
        try await replica.merge([Arrival(event)])[0].outcome
    }

    @Test func anEditIsInTheReplicaAndTheOutboxAtOnce() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            var first = try Sample.event(1, ["WORKDESC": "New", "SUBDESC": "Pool"])
            first.scope = try Scope("ward-1")
            _ = try await Self.merged(replica, first)
            let event = try await replica.edit(try Self.edit(["SUBDESC": "Deck"]))
            #expect(event.source.text == "ward-1" && event.routingKey == "permit.issued.ward-1")
            #expect(event.version > first.version)
            #expect(event.seen == .everywhere(VersionVector([first.version])))
            let reader = try OfficeReader(path: Sample.file(directory))
            #expect(try await reader.record(event.subject)?.shown(by: .newest)?["SUBDESC"] == "Deck")
            #expect(try await reader.calendar().map(\.title) == ["New: Deck"])
            #expect(try Self.outbox(directory) == #"permit.issued|ward-1|ward-1|{"SUBDESC":"Deck"}"#)
            #expect(try await reader.outbox()?.waiting == 1)
        }
    }

    @Test func anEditThatIsRefusedLeavesNothing() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let before = try Sample.event(1, ["ISSUEDATE": "2024-07-03"])
            _ = try await Self.merged(replica, before)
            let contents = try Sample.contents(Sample.file(directory))
            let large = try Self.edit(["note": JSONText(string: String(repeating: "x", count: 1 << 20))])
            let small = try Self.edit(["note": "x"])
            #expect(await failure { try await replica.edit([small, large]) }?.code == .eventTooLarge)
            let strange = try Self.edit(["ISSUEDATE": "soon"])
            #expect(await failure { try await replica.edit([small, strange]) }?.code == .invalidEvent)
            let missing = RecordEdit(try Subject("permit/0"), operation: .delete)
            #expect(await failure { try await replica.edit([small, missing]) }?.code == .notFound)
            #expect(try Sample.contents(Sample.file(directory)) == contents)
            #expect(try Self.outbox(directory).isEmpty)
        }
    }

    @Test func itsOwnEventIsNoChangeToTheOfficeThatMadeIt() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let subject = try Subject(Self.permit)
            _ = try await Self.merged(replica, try Sample.event(1, ["WORKDESC": "New"]))
            try await replica.markPushed(try await replica.unpushed(among: [subject]))
            let first = try await replica.edit(try Self.edit(["WORKDESC": "Renovation"]))
            let second = try await replica.edit(try Self.edit(["SUBDESC": "Deck"]))
            let contents = try Sample.contents(Sample.file(directory))
            for event in [second, first, second] {
                #expect(try await !Self.merged(replica, event).changedSomething)
                #expect(try await replica.unpushed(among: [subject]).isEmpty)
            }
            #expect(try Sample.contents(Sample.file(directory)) == contents)
            // A newer change of somebody who had not seen it shows otherwise, and is pushed.
            let later = second.version.reading.milliseconds + 60_000
            _ = try await Self.merged(replica, try Sample.event(9, ["WORKDESC": "Demolition"], milliseconds: later))
            #expect(
                try await replica.unpushed(among: [subject]).map(\.data) == [
                    ["SUBDESC": "Deck", "WORKDESC": "Demolition"]
                ])
        }
    }

    @Test func whatTheOfficeHadNotBeenToldBeforeIsStillPushed() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let subject = try Subject(Self.permit)
            _ = try await Self.merged(replica, try Sample.event(1, ["WORKDESC": "New"]))
            // The worker was killed before it told its adapter.
            try await replica.edit(try Self.edit(["SUBDESC": "Deck"]))
            let changes = try await replica.unpushed(among: [subject])
            #expect(changes.map(\.data) == [["SUBDESC": "Deck", "WORKDESC": "New"]])
            try await replica.markPushed(changes)
            // Nor did its own system make what a person decides.
            var edit = try Self.edit(["SUBDESC": "Pool"])
            edit.isKnownToAdapter = false
            try await replica.edit(edit)
            #expect(try await replica.unpushed(among: [subject]).count == 1)
        }
    }

    @Test func versionsGrowWhateverTheClockSays() async throws {
        try await withTemporaryDirectory { directory in
            let ahead = try Sample.event(1, ["WORKDESC": "New"], milliseconds: Sample.milliseconds + 120_000)
            let far = try Sample.event(
                1, ["WORKDESC": "Far"], number: "24-9", milliseconds: Sample.milliseconds + 864_000_000)
            let first = try Sample.replica(directory)
            _ = try await first.merge([Arrival(ahead), Arrival(far)])
            var edits: [Event] = []
            for name in ["a", "b"] {
                let edit = RecordEdit(try Subject("permit/\(name)"), ["x": 1], type: try EventType("permit.issued"))
                edits.append(try await first.edit(edit))
            }
            try first.close()
            let second = try Sample.replica(directory, clock: WallClock { Timestamp(microseconds: 1_000_000) })
            edits.append(try await second.edit(try Self.edit(["SUBDESC": "Deck"])))
            let readings = [ahead.version.reading] + edits.map(\.version.reading)
            #expect(readings == readings.sorted() && Set(readings).count == 4)
            #expect(
                edits[2].version.reading < far.version.reading, "a clock that is wrong takes no other record with it")
            // But for the record that it spoke of.
            let edit = RecordEdit(far.subject, ["SUBDESC": "Deck"])
            #expect(try await second.edit(edit).version.reading > far.version.reading)
        }
    }

    @Test func anotherProcessEditsWhileTheWorkerWrites() async throws {
        try await withTemporaryDirectory { directory in
            let worker = try Sample.replica(directory, busyTimeout: .seconds(10))
            _ = try await Self.merged(worker, try Sample.event(0, ["WORKDESC": "New"]))
            let editors = try (0..<2).map { _ in
                try SQLiteReplica(
                    beside: Sample.file(directory), office: try OfficeName("ward-1"), calendar: try Sample.mappings(),
                    clock: Sample.now, busyTimeout: .seconds(10))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for step in 1...100 {
                        _ = try await Self.merged(
                            worker, try Sample.event(step, ["step": JSONText(integerLiteral: step)]))
                    }
                }
                for (index, editor) in editors.enumerated() {
                    group.addTask {
                        for step in 1...50 {
                            try await editor.edit(try Self.edit(["edit\(index)": JSONText(integerLiteral: step)]))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let shown = try await OfficeReader(path: Sample.file(directory)).record(try Subject(Self.permit))?.shown(
                by: .newest)
            #expect(shown == ["WORKDESC": "New", "edit0": 50, "edit1": 50, "step": 100])
            #expect(try await worker.outbox.status().waiting == 100)
            let versions = try SQLiteShell.run(
                Sample.file(directory), "SELECT count(DISTINCT version) FROM lockstep_outbox")
            #expect(versions == "100")
            try await worker.check()
        }
    }

    @Test func writersTakeTurns() async throws {
        try await withTemporaryDirectory { directory in
            let replica = try Sample.replica(directory)
            let other = open(Sample.file(directory) + "-writer", O_RDWR)
            defer { close(other) }
            #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
            let event = try Sample.event(1, ["WORKDESC": "New"])
            let refused = await failure { _ = try await Self.merged(replica, event) }
            #expect(refused?.code == .storeUnavailable && refused?.message.contains("another process") == true)
            flock(other, LOCK_UN)
            #expect(try await Self.merged(replica, event) == .applied)
        }
    }

    @Test func anEditorShowsRecordsAsTheWorkerDoesOrNotAtAll() async throws {
        try await withTemporaryDirectory { directory in
            let office = try OfficeName("ward-1")
            #expect(
                await failure {
                    _ = try SQLiteReplica(beside: Sample.file(directory), office: office, calendar: [])
                }?.code == .notFound)
            _ = try Sample.replica(directory)
            #expect(
                await failure {
                    _ = try SQLiteReplica(beside: Sample.file(directory), office: office, calendar: [])
                }?.code == .invalidConfiguration)
        }
    }

    @Test func theRelayIsWokenByWhoeverEdits() async throws {
        try await withTemporaryDirectory { directory in
            // The relay does not look by itself: whatever is published, somebody has woken it for.
            let worker = try Sample.replica(directory, busyTimeout: .seconds(5), safetyLook: .seconds(3600))
            _ = try await Self.merged(worker, try Sample.event(0, ["WORKDESC": "New"]))
            let transport = MemoryTransport()
            let relay = OutboxRelay(worker.outbox, transport: transport, logger: Sample.quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await relay.run() }
                let editor = try SQLiteReplica(
                    beside: Sample.file(directory), office: try OfficeName("ward-1"), calendar: try Sample.mappings(),
                    clock: Sample.now)
                var made: [Event] = []
                for step in 1...20 {
                    let replica = step.isMultiple(of: 2) ? worker : editor
                    made.append(try await replica.edit(try Self.edit(["step": JSONText(integerLiteral: step)])))
                    try await eventually("it is published", every: .milliseconds(5)) {
                        await transport.published.count == step
                    }
                }
                #expect(await transport.published == made)
                group.cancelAll()
                try await group.waitForAll()
            }
            try await eventually("what was published is noted") { try await worker.outbox.status().sent == 20 }
        }
    }
}
