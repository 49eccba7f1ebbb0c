import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Synchronization
import Testing

/// What strangers give a hub to publish.
@Suite(.timeLimit(.minutes(1)))
struct SQLiteIntakeTests {
    private static func withIntake(
        keep: Duration = .seconds(3_600), clock: WallClock = .system,
        _ body: (SQLiteIntake, _ path: String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "hub-outbox.sqlite").path
            let intake = try SQLiteIntake(path: path, origin: Origin("hub"), keep: keep, clock: clock)
            try await body(intake, path)
            try intake.close()
        }
    }

    private static func submission(
        _ id: String, source: String = "core", version: String? = nil, digest: UInt8 = 1
    ) throws -> SQLiteIntake.Submission {
        SQLiteIntake.Submission(
            EventDraft(
                try EventType("permit.issued"), about: try Subject("permit/1"), ["a": 1], source: try Origin(source),
                id: try EventID(id), version: try version.map { try Version($0) }),
            digest: [digest])
    }

    /// What a relay would publish.
    private static func waiting(_ intake: SQLiteIntake) async throws -> Int {
        try await intake.outbox.status().waiting
    }

    @Test func anEventThatIsSentAgainIsPublishedOnceAndKeepsItsVersion() async throws {
        try await Self.withIntake { intake, path in
            let first = try await intake.accept([Self.submission("e-1")])
            // As after a crash between commit and answer: another process, another connection.
            let again = try await SQLiteIntake(path: path, origin: Origin("hub")).accept([Self.submission("e-1")])
            #expect(first.map(\.isRepeated) == [false])
            #expect(again.map(\.isRepeated) == [true])
            #expect(first.map(\.version) == again.map(\.version))
            #expect(try await Self.waiting(intake) == 1)
        }
    }

    @Test func withinABatchTooAnEventIsTakenOnce() async throws {
        try await Self.withIntake { intake, _ in
            let accepted = try await intake.accept([Self.submission("e-1"), Self.submission("e-1")])
            #expect(accepted.map(\.isRepeated) == [false, true])
            #expect(try await Self.waiting(intake) == 1)
        }
    }

    @Test func theSameIDOfAnotherSourceIsAnotherEvent() async throws {
        try await Self.withIntake { intake, _ in
            _ = try await intake.accept([Self.submission("e-1"), Self.submission("e-1", source: "other")])
            #expect(try await Self.waiting(intake) == 2)
            #expect(try await intake.acceptances(of: EventID("e-1")).map(\.source.text) == ["core", "other"])
        }
    }

    @Test func anotherEventOfTheSameIDIsRefusedAndTakesTheBatchWithIt() async throws {
        try await Self.withIntake { intake, _ in
            _ = try await intake.accept([Self.submission("e-1")])
            let refusal = await #expect(throws: SQLiteIntake.Refusal.self) {
                try await intake.accept([Self.submission("e-2"), Self.submission("e-1", digest: 2)])
            }
            #expect(refusal?.isConflict == true)
            #expect(refusal?.reasons.map(\.index) == [1])
            #expect(try await Self.waiting(intake) == 1)
            #expect(try await intake.acceptances(of: EventID("e-2")).isEmpty)
        }
    }

    @Test func ofCallsAtTheSameTimeEachIsRefusedForItself() async throws {
        try await Self.withIntake { intake, _ in
            _ = try await intake.accept([Self.submission("e-0")])
            let accepted = try await withThrowingTaskGroup(of: Int?.self) { calls in
                for number in 1...40 {
                    calls.addTask {
                        // Every other one brings along an event of an id that is taken.
                        let submissions = try [Self.submission("e-\(number)")]
                        let other = number.isMultiple(of: 2) ? [] : try [Self.submission("e-0", digest: 2)]
                        do {
                            return try await intake.accept(submissions + other).isEmpty ? nil : number
                        } catch is SQLiteIntake.Refusal {
                            return nil
                        }
                    }
                }
                return try await calls.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
            }
            #expect(accepted == Set(stride(from: 2, through: 40, by: 2)))
            #expect(try await Self.waiting(intake) == 21)
        }
    }

    @Test func versionsOfAnOriginGrowInTheOrderOfTheirIntake() async throws {
        try await Self.withIntake { intake, _ in
            let accepted = try await intake.accept((1...20).map { try Self.submission("e-\($0)") })
            let versions = accepted.map(\.version.description)
            #expect(versions == versions.sorted())
            #expect(Set(versions).count == 20)
            #expect(accepted.allSatisfy { $0.version.origin.text == "core" })
        }
    }

    @Test func aVersionFromTheFutureDoesNotDriveTheClockToItsEnd() async throws {
        try await Self.withIntake { intake, _ in
            let refusal = await #expect(throws: SQLiteIntake.Refusal.self) {
                try await intake.accept([Self.submission("e-1", version: "7fffffffffff0000-core")])
            }
            #expect(refusal?.isConflict == false)
            #expect(refusal?.reasons.first?.error.code == .invalidVersion)
            let next = try await intake.accept([Self.submission("e-2")])
            #expect(next[0].version.description < "7")
        }
    }

    @Test func whatWasTakenInLongAgoIsForgotten() async throws {
        let clock = ManualWallClock()
        try await Self.withIntake(keep: .seconds(60), clock: clock.clock) { intake, _ in
            _ = try await intake.accept([Self.submission("e-1")])
            clock.advance(by: .seconds(59))
            #expect(try await intake.accept([Self.submission("e-1")]).map(\.isRepeated) == [true])
            clock.advance(by: .seconds(2))
            _ = try await intake.accept([Self.submission("e-2")])
            #expect(try await intake.acceptances(of: EventID("e-1")).isEmpty)
            #expect(try await intake.acceptances(of: EventID("e-2")).count == 1)
        }
    }
}

/// A wall clock that a test moves on.
private final class ManualWallClock: Sendable {
    private let now = Mutex(WallClock.system.now)

    var clock: WallClock { WallClock { self.now.withLock { $0 } } }

    func advance(by duration: Duration) {
        now.withLock { $0 = $0.advanced(by: duration) }
    }
}
