import Foundation
import LockstepTesting
import Testing

/// The relay and an office's worker, as processes of their own, whose files somebody or something does its worst to.
///
/// `LOCKSTEP_STORE_FAULTS=long` locks for a minute as well, and kills a hundred times.
@Suite("A store's faults", .timeLimit(.minutes(StoreAtSite.isLong ? 30 : 4)), .serialized)
struct StoreFaultTests {
    private typealias Role = StoreAtSite.Role

    /// Lets both finish what is left, and compares.
    private static func expectAll(_ store: StoreAtSite, _ running: [ChildCommand] = []) async throws {
        let committed = try await store.committed()
        try await eventually("all is sent", within: .seconds(60)) { try await store.status() == (0, committed.count) }
        try await eventually("all is applied", within: .seconds(60), every: .milliseconds(100)) {
            try await store.applied() == committed
        }
        #expect(try await store.site.deadLetterClasses(of: "ward-3").isEmpty)
        for process in running {
            process.signal(SIGTERM)
            let ended = await process.ended()
            #expect(ended.status == 0, "\(ended.error)")
        }
        for role in Role.allCases {
            #expect(try await store.sql(store.file(of: role), "PRAGMA integrity_check;") == "ok")
        }
    }

    @Test("a lock of another process passes", arguments: StoreAtSite.isLong ? [1, 10, 60] : [1, 10])
    func locked(seconds: Int) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let store = try await StoreAtSite(site)
            let (relay, worker) = (try store.start(.relay), try store.start(.worker))
            try await store.write(20)
            try await eventually("both are at work") { try await store.applied().count == 20 }
            // What the relay has to mark, and the office to apply, when the lock is there.
            let locks = [try await store.lock(store.replica, seconds: seconds)]
            try await eventually("it is locked") {
                FileManager.default.fileExists(atPath: store.replica + "-locked")
            }
            try await store.write(200)
            let lock = try await store.lock(store.outbox, seconds: seconds)
            for lock in locks + [lock] { #expect(await lock.ended().status == 0) }
            try await Self.expectAll(store)
            if seconds >= 10 {
                #expect(worker.errorSoFar.contains("The replica cannot be written"))
                #expect(worker.errorSoFar.contains("is locked by another process"))
            }
            for process in [relay, worker] {
                process.signal(SIGTERM)
                #expect(await process.ended().status == 0)
            }
        }
    }

    @Test("a relay whose core app holds the lock marks afterwards what it had sent")
    func lockedOutbox() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let store = try await StoreAtSite(site)
            try await store.write(100)
            let lock = try await store.lock(store.outbox, seconds: 8)
            try await eventually("it is locked") { FileManager.default.fileExists(atPath: store.outbox + "-locked") }
            let relay = try store.start(.relay)
            try await eventually("the relay says so") { relay.errorSoFar.contains("is locked by another process") }
            #expect(await lock.ended().status == 0)
            try await eventually("all is marked") { try await store.status() == (0, 100) }
            try await eventually("it says so") { relay.errorSoFar.contains("The outbox can be used again") }
            #expect(relay.errorSoFar.components(separatedBy: "The outbox cannot be used").count == 2, "said once")
            #expect(try await OfficeAtWork(site).waiting() == 100, "nothing was sent twice")
            try await Self.expectAll(store, [relay, try store.start(.worker)])
        }
    }

    @Test("an office whose disk is full goes on when there is room", .enabled(if: SmallDisk.isAllowed))
    func fullReplica() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await withSmallDisk(beside: site) { disk in
                let store = try await StoreAtSite(site, state: disk.directory)
                let (relay, worker) = (try store.start(.relay), try store.start(.worker))
                try await store.write(20)
                try await eventually("it is at work") { try await store.applied().count == 20 }
                try disk.fill()
                try await store.write(1_000)
                try await eventually("it says so", within: .seconds(30)) {
                    worker.errorSoFar.contains("no room left")
                }
                #expect(worker.isRunning)
                try disk.free()
                try await Self.expectAll(store, [relay, worker])
            }
        }
    }

    @Test("a relay whose disk is full goes on when there is room", .enabled(if: SmallDisk.isAllowed))
    func fullOutbox() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await withSmallDisk(beside: site) { disk in
                let store = try await StoreAtSite(site, core: disk.directory)
                try await store.write(200)
                try disk.fill()
                let relay = try store.start(.relay)
                try await eventually("it says so", within: .seconds(30)) {
                    relay.errorSoFar.contains("no room left")
                }
                #expect(relay.isRunning)
                try disk.free()
                try await Self.expectAll(store, [relay, try store.start(.worker)])
            }
        }
    }

    @Test(
        "a disk that fails ends the process, and the next one recovers what was committed",
        .enabled(if: Tracer.isAllowed), arguments: Role.allCases)
    func failing(role: StoreAtSite.Role) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            // With this journal every commit is made durable, the relay's too.
            let store = try await StoreAtSite(site, journal: "delete")
            try await store.write(200)
            if role == .worker {
                let relay = try store.start(.relay)
                try await eventually("all is sent") { try await store.status().waiting == 0 }
                relay.signal(SIGTERM)
                #expect(await relay.ended().status == 0)
            }
            let failing = try store.start(role, by: Tracer.failingSync)
            let ended = await failing.ended()
            #expect(ended.status == 70, "\(ended.error)")
            #expect(ended.error.contains("look at the disk and start again"), "\(ended.error)")
            try await Self.expectAll(store, [try store.start(.relay), try store.start(.worker)])
        }
    }

    @Test("a read-only disk is named, and passes", .enabled(if: SmallDisk.isAllowed), arguments: Role.allCases)
    func readOnly(role: StoreAtSite.Role) async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            try await withSmallDisk(beside: site) { disk in
                let store = try await StoreAtSite(
                    site, core: role == .relay ? disk.directory : nil, state: role == .worker ? disk.directory : nil)
                try await store.write(20)
                try await disk.remount("ro")
                let process = try store.start(role)
                try await eventually("it says so") {
                    process.errorSoFar.contains("cannot be") && process.errorSoFar.contains(disk.directory.path)
                }
                let other = try store.start(role == .relay ? .worker : .relay)
                if role == .worker {
                    // Whoever supervises it starts it again.
                    #expect(await process.ended().status != 0)
                    try await disk.remount("rw")
                    return try await Self.expectAll(store, [other, try store.start(.worker)])
                }
                #expect(process.isRunning)
                try await disk.remount("rw")
                try await Self.expectAll(store, [process, other])
            }
        }
    }

    @Test("both are killed again and again, and their files stay sound")
    func killed() async throws {
        try await withSite(offices: OfficeAtWork.configured) { site in
            let store = try await StoreAtSite(site)
            for round in 0..<(StoreAtSite.isLong ? 100 : 5) {
                let running = Role.allCases.map { role in Result { try store.start(role) } }
                let before = try await store.status().sent
                try await store.write(60)
                // In the middle of it, wherever that is.
                try await eventually("something is sent") { try await store.status().sent > before || round % 3 == 0 }
                for process in try running.map({ try $0.get() }) {
                    process.signal(SIGKILL)
                    #expect(await process.ended().status == SIGKILL)
                }
                for role in Role.allCases where FileManager.default.fileExists(atPath: store.file(of: role)) {
                    #expect(try await store.sql(store.file(of: role), "PRAGMA integrity_check;") == "ok")
                }
            }
            try await Self.expectAll(store, [try store.start(.relay), try store.start(.worker)])
        }
    }
}
