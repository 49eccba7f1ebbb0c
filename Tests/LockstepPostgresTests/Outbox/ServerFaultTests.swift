import Lockstep
import LockstepPostgres
import LockstepTesting
import PrivatePostgres
import Testing

/// Servers of their own, one after the other.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ServerFaultTests {
    @Test func goesOnAfterTheServerWasKilled() async throws {
        try await withOwnServer { site in
            try await site.write(["permit/1", "permit/2"])
            let before = try await site.sql("SELECT max(version) FROM lockstep.outbox")
            try await relaying(site.outbox()) { outbox in
                let rows = try await outbox.claim(atMost: 1, bytes: 1 << 20)
                #expect(try await outbox.claim(atMost: 1, bytes: 1 << 20).count == 1)
                #expect(try await outbox.claim(atMost: 1, bytes: 1 << 20).isEmpty)
                try await site.server.kill()
                for _ in 0..<3 {
                    let error = await #expect(throws: LockstepError.self) {
                        try await outbox.settle([OutboxSettlement(rows[0].position, .sent)])
                    }
                    #expect(error?.mayPass == true, "\(error?.message ?? "")")
                }
                let waiting = await #expect(throws: LockstepError.self) { try await outbox.waitForRows() }
                #expect(waiting?.mayPass == true)

                try await site.server.restart()
                try await outbox.settle([OutboxSettlement(rows[0].position, .sent)])
                #expect(try await outbox.status().sent == 1)
                // What it has in hand it does not claim a second time.
                #expect(try await outbox.claim(atMost: 10, bytes: 1 << 20).isEmpty)
                try await site.write(["permit/1"])
                try await outbox.claimEventually(1)
                let after = try await site.sql("SELECT max(version) FROM lockstep.outbox")
                #expect(after > before)
            }
        }
    }

    @Test func aFrozenServerIsGivenUpInTime() async throws {
        try await withOwnServer { site in
            var configuration = site.configuration
            configuration.statementTimeout = .milliseconds(300)
            configuration.connectTimeout = .milliseconds(300)
            let outbox = PostgresOutbox(configuration, safetyLook: .seconds(3600), logger: quiet)
            try await relaying(outbox) { outbox in
                #expect(try await outbox.claim(atMost: 1, bytes: 1 << 20).isEmpty)
                try await site.server.freeze()
                for _ in 0..<2 {
                    let error = await #expect(throws: LockstepError.self) {
                        _ = try await outbox.claim(atMost: 1, bytes: 1 << 20)
                    }
                    #expect(error?.code == .storeUnavailable)
                }
                try await site.server.thaw()
                try await site.write(["permit/1"])
                try await eventually("it is claimed", within: .seconds(60)) {
                    (try? await outbox.claim(atMost: 1, bytes: 1 << 20).count) == 1
                }
            }
        }
    }

    @Test func oneWhoWritesWhileTheServerIsKilledLosesNothingThatWasCommitted() async throws {
        try await withOwnServer { site in
            let outbox = site.outbox()
            var written: [String] = []
            for round in 0..<3 {
                let killer = Task {
                    try await Task.sleep(for: .milliseconds(100 + 70 * round))
                    try await site.server.kill()
                }
                for number in 0... {
                    let subject = "permit/\(round)-\(number)"
                    do throws(LockstepError) {
                        try await outbox.append([
                            EventDraft(try EventType("permit.issued"), about: try Subject(subject))
                        ])
                        written.append(subject)
                    } catch {
                        #expect(error.mayPass, "\(error.message)")
                        break
                    }
                }
                try await killer.value
                try await site.server.restart()
            }
            let rows = try await site.sql("SELECT subject FROM lockstep.outbox ORDER BY position").split(
                separator: "\n")
            #expect(Set(written).isSubset(of: rows.map(String.init)))
            #expect(rows.count <= written.count + 3, "one of each round may have been committed without an answer")
            let versions = try await site.sql("SELECT version FROM lockstep.outbox ORDER BY position").split(
                separator: "\n")
            #expect(versions == versions.sorted() && Set(versions).count == versions.count)
            await outbox.end()
        }
    }
}
