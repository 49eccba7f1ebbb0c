import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// A core app and its relay that are killed under load, and the next relay, which finds what they have left.
@Suite("A relay killed at every point", .timeLimit(.minutes(5)), .serialized)
struct RelayCrashTests {
    /// How often each point: more of it where the environment says so.
    private static let repetitions = ProcessInfo.processInfo.environment["LOCKSTEP_CRASHES"].flatMap { Int($0) } ?? 1

    @Test("everything that was committed has its effect once, in its record's order", arguments: CrashPoint.ofOutboxes)
    func killed(at point: CrashPoint) async throws {
        for repetition in 0..<Self.repetitions {
            try await withSite(offices: OfficeAtWork.configured) { site in
                let app = CoreAppAtWork(site)
                try await Self.kill(app, at: point, pass: 2 + repetition % 20)
                let (changes, events) = try await app.committed()
                #expect(events == (1...max(changes, 1)).map(String.init), "each change has its event, and no other")

                try await app.relayAll()
                try await Self.expectEachOnceInOrder(site, changes)
            }
        }
    }

    @Test("so it is after a death at each of them")
    func killedAtEachInTurn() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let app = CoreAppAtWork(site)
            for point in CrashPoint.ofOutboxes { try await Self.kill(app, at: point, pass: 2) }
            try await app.relayAll()
            try await Self.expectEachOnceInOrder(site, try await app.committed().changes)
        }
    }

    /// Works in a process of its own until it is killed.
    private static func kill(_ app: CoreAppAtWork, at point: CrashPoint, pass: Int) async throws {
        try await #require(processExitsWith: .signal(SIGKILL)) { [app, end = "\(point):\(pass)" as String] in
            setenv("LOCKSTEP_CRASH", end, 1)
            try await app.workUntilKilled()
        }
    }

    /// An event that came after a younger one of its record would be merged; one that came again changes nothing.
    private static func expectEachOnceInOrder(_ site: Site, _ count: Int) async throws {
        let office = OfficeAtWork(site)
        try await office.work {
            // Duplicates may come after the last of them.
            let statistics = try? await office.statistics()
            guard (statistics?.outcomes[.applied] ?? 0) >= count else { return false }
            return try await office.waiting() == 0
        }
        let outcomes = try await office.statistics().outcomes.filter { $0.value > 0 }
        #expect(outcomes[.applied] == count)
        #expect(Set(outcomes.keys).isSubset(of: [.applied, .duplicate, .superseded]), "\(outcomes)")
        #expect(try await office.waiting() == 0)
        #expect(try await office.deadLetters().isEmpty)
    }
}
