import Foundation
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepTesting
import Testing

/// A worker that is killed, and the next one, which finds what the first has left.
@Suite("A worker killed at every point", .timeLimit(.minutes(5)), .serialized)
struct CrashTests {
    private static let subjects = (0..<10).map { "permit/\($0)" } + [Journal.refused]

    @Test("the next worker applies everything once", arguments: CrashPoint.ofWorkers)
    func killed(at point: CrashPoint) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let office = OfficeAtWork(site)
            var trace = Trace()
            try await trace.publish(110, about: Self.subjects, to: office.url)
            // The first batch is one delivery, since a new worker is careful; the second one is what has arrived.
            // Nothing that the office refuses is in the first one, and so nothing is handed over.
            try await Self.kill(office, at: point, pass: point == .handedOver ? 1 : 2)
            let before = try await office.statistics()
            let told = try office.journal.effects()

            try await Self.finish(office, &trace)
            try await Self.expectAllOfIt(office, trace, mayDieTwice: point == .handedOver)
            let repeated = try await Self.expectNewestLast(office, trace)
            switch point {
            case .entered: Issue.record("that is the ledger's")
            case .delivered, .merged:
                #expect(before.events == 1, "what was not committed is not there")
                #expect(told.count == 1)
            case .committed:
                #expect(before.events > 1 && told.count == 1)
            case .answered, .noted, .handedOver:
                #expect(before.events > 1 && told.count > 1)
            default: Issue.record("\(point) is no worker's")
            }
            if point == .answered {
                // What it did outside the process nobody has noted: it is told once more, and nothing but that.
                #expect(Set(repeated) == Set(told.dropFirst()))
            } else if point != .handedOver {
                // While one batch is handed over, the adapter may have been told of the next one.
                #expect(repeated.isEmpty)
            }
        }
    }

    @Test("so does one that comes after a death at each of them")
    func killedAtEachInTurn() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let office = OfficeAtWork(site)
            var trace = Trace()
            try await trace.publish(110, about: Self.subjects, to: office.url)
            for point in CrashPoint.ofWorkers {
                try await Self.kill(office, at: point, pass: point == .handedOver ? 1 : 2)
            }
            try await Self.finish(office, &trace)
            try await Self.expectAllOfIt(office, trace, mayDieTwice: true)
            _ = try await Self.expectNewestLast(office, trace)
        }
    }

    /// Works in a process of its own until it is killed.
    private static func kill(_ office: OfficeAtWork, at point: CrashPoint, pass: Int) async throws {
        try await #require(processExitsWith: .signal(SIGKILL)) { [office, end = "\(point):\(pass)" as String] in
            setenv("LOCKSTEP_CRASH", end, 1)
            try await office.workUntilKilled()
        }
    }

    /// Works the queue off, and an event that comes last.
    private static func finish(_ office: OfficeAtWork, _ trace: inout Trace) async throws {
        try await trace.publish(1, to: office.url)
        try await office.work(through: trace)
    }

    /// Nothing is lost, left over, applied twice or dead without a reason.
    private static func expectAllOfIt(_ office: OfficeAtWork, _ trace: Trace, mayDieTwice: Bool) async throws {
        let history = try await office.history(of: trace.events)
        let verdict = try await trace.judge(history)
        #expect(verdict.isClean, "\(verdict)")
        let refused = trace.events(about: Journal.refused)
        #expect(Set(verdict.dead.map(\.id)) == refused)
        #expect(verdict.dead.allSatisfy { $0.reason == Journal.reason })
        #expect(mayDieTwice || verdict.dead.count == refused.count)
        let outcomes = try await office.statistics().outcomes
        let changing = outcomes.filter(\.key.changedSomething).values.reduce(0, +)
        #expect(changing == trace.events.count, "each event has changed its record once")
        #expect(try await office.waiting() == 0)
    }

    /// Each record's versions only grew, and the last one is the replica's; returns what was told again.
    private static func expectNewestLast(
        _ office: OfficeAtWork, _ trace: Trace
    ) async throws -> [Journal.Effect] {
        var last: [String: Journal.Effect] = [:]
        var repeated: [Journal.Effect] = []
        for effect in try office.journal.effects() {
            if let before = last[effect.subject] {
                if before == effect { repeated.append(effect) }
                // Sixteen hexadecimal digits first: the order of the text is the order of the versions. It may be the
                // same one: a broker that has handed an event out again and again puts it behind younger ones.
                #expect(before.version <= effect.version, "\(before), then \(effect)")
            }
            last[effect.subject] = effect
        }
        #expect(repeated.count == Set(repeated).count, "told again, but only once")
        for (subject, held) in try await office.history(of: trace.events).state where subject.text != Journal.refused {
            #expect(last[subject.text]?.data == held.content)
        }
        return repeated
    }
}
