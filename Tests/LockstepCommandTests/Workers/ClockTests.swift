import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Logging
import Synchronization
import Testing

/// A wall clock that somebody sets, at a publisher and at a worker.
@Suite("A wall clock that is set", .timeLimit(.minutes(3)), .serialized)
struct ClockTests {
    private static let subjects = (0..<10).map { "permit/\($0)" }

    @Test("versions never run backward, also of publishers that start anew, and nothing is lost")
    func stepped() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let office = OfficeAtWork(site)
            let offset = Mutex(Int64(0))
            let clock = WallClock {
                Timestamp(microseconds: WallClock.system.now.microseconds + offset.withLock { $0 } * 1_000_000)
            }
            let file = site.directory.appending(path: "clock.sqlite").path
            var trace = Trace(clock: clock)
            for minutes: Int64 in [0, 31, -60, 365 * 24 * 60, -60, 0] {
                offset.withLock { $0 = minutes * 60 }
                let versions = try SQLiteVersionSource(
                    path: file, origin: try Origin("core"), clock: clock,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await trace.publish(20, about: Self.subjects, versions: versions, to: office.url)
                try await trace.publish(versions: versions, to: office.url)
                try versions.close()
                // Set once more while there is work in hand.
                let last = try #require(trace.events.last).subject.text
                async let working: Void = office.work(through: last, clock: clock)
                offset.withLock { $0 += 3_600 }
                try await working
            }
            let versions = trace.events.map(\.version)
            #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
            let verdict = try await trace.judge(try await office.history(of: trace.events))
            #expect(verdict.isClean, "\(verdict)")
            #expect(verdict.dead.isEmpty)
            #expect(try await office.waiting() == 0)
        }
    }

    @Test("processes whose clock is set keep their connections and their timers")
    func realProcesses() async throws {
        // Batches wait for their time, and connections are looked after three times a second.
        let offices = "  ward-3: { events: [\"#\"], delivery: { batch: { events: 500, within: 1s } } }\n"
        try await withSite(offices: offices + "broker: { heartbeat: 1s }\n") { site in
            let clock = try FakeClock(in: site.directory)
            let worker = try site.start(under: clock, "worker", "ward-3")
            try await eventually("it is at work") { worker.errorSoFar.contains("office is at work") }
            var versions: [Version] = []
            for (number, step) in ["+0", "+31m", "-1h", "+1y", "-1h", "+0"].enumerated() {
                try clock.set(step)
                let publishing = try site.start(
                    under: clock, "publish", "permit.issued", "--about", "permit/1", #"{"step":\#(number)}"#)
                let published = await publishing.ended()
                FakeClock.clear(after: publishing)
                #expect(published.status == 0, "\(published.error)")
                try await eventually("step \(step) is applied") {
                    try await site.records(of: "ward-3")["permit/1"] == #"{"step":\#(number)}"#
                }
                let reader = try OfficeReader(path: site.directory.appending(path: "state/ward-3.sqlite").path)
                versions.append(try #require(try await reader.record(try Subject("permit/1"))?.version))
            }
            #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 }, "\(versions)")
            // Else the test would not have set its clock at all.
            let year = versions[3].reading.milliseconds - versions[0].reading.milliseconds
            #expect(year > 364 * 86_400_000)
            worker.signal(SIGTERM)
            let ended = await worker.ended()
            FakeClock.clear(after: worker)
            #expect(ended.status == 0)
            #expect(ended.error.components(separatedBy: "Connected to the broker").count == 3, "\(ended.error)")
        }
    }
}

/// A wall clock for other processes, set while they run; their monotonic clock stays as it is.
private struct FakeClock {
    private let file: URL

    init(in directory: URL) throws {
        file = directory.appending(path: "clock")
        try set("+0")
    }

    /// Sets it before or behind the machine's, as `faketime` writes that: `+31m`.
    func set(_ offset: String) throws {
        try Data(offset.utf8).write(to: file, options: .atomic)
    }

    /// Removes the shared memory that the library leaves behind.
    static func clear(after command: ChildCommand) {
        for name in ["faketime_shm_", "sem.faketime_sem_"] {
            try? FileManager.default.removeItem(atPath: "/dev/shm/\(name)\(command.processID)")
        }
    }

    var environment: [String: String] {
        [
            "LD_PRELOAD": "libfaketimeMT.so.1", "LD_LIBRARY_PATH": Self.libraries, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_TIMESTAMP_FILE": file.path, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// Where Debian has the library, whatever the machine.
    private static let libraries = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime" }
        .joined(separator: ":")
}

extension Site {
    /// Starts the command with another wall clock.
    ///
    /// The library changes the environment of the first program that it is loaded into, where Swift then does not find
    /// its arguments any more: `env` is that program.
    fileprivate func start(under clock: FakeClock, _ arguments: String...) throws -> ChildCommand {
        try ChildCommand(
            URL(filePath: "/usr/bin/env"), [Self.products.appending(path: "lockstep").path] + arguments,
            environment: environment.merging(clock.environment) { $1 })
    }
}
