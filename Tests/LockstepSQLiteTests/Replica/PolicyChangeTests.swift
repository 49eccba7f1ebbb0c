import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// An office that is given another conflict policy shows what it holds by the new one.
@Suite(.timeLimit(.minutes(1)))
struct PolicyChangeTests {
    private static func replica(_ directory: URL, _ conflicts: ConflictPolicy) throws -> SQLiteReplica {
        try SQLiteReplica(
            path: Sample.file(directory), office: try OfficeName("ward-1"), calendar: [], conflicts: conflicts,
            logger: Sample.quiet)
    }

    private static func prefer(_ names: String...) throws -> PreferOrigins {
        PreferOrigins(try names.map(Origin.init))
    }

    @Test func anotherPolicyShowsAllRecordsAnew() async throws {
        try await withTemporaryDirectory { directory in
            let file = try Self.replica(directory, .newest)
            for (step, origin) in ["core", "ward-2", "clerk"].enumerated() {
                var event = try Sample.event(step + 1, ["STATUS": JSONText(string: "of \(origin)")])
                event.source = try Origin(origin)
                event.version = Version(reading: event.version.reading, origin: event.source)
                _ = try await file.merge([Arrival(event)])
            }
            try file.close()
            let policies: [(ConflictPolicy, String)] = [
                (.newest, "of clerk"),
                (ConflictPolicy(try Self.prefer("core")), "of core"),
                (ConflictPolicy(try Self.prefer("ward-2", "core")), "of ward-2"),
                (ConflictPolicy(try Self.prefer("core", "ward-2")), "of core"),
                (ConflictPolicy(.ask), "of clerk"),
                (ConflictPolicy(.newest, fields: ["STATUS": try Self.prefer("core")]), "of core"),
                (ConflictPolicy(.newest, fields: ["STATUS": try Self.prefer("ward-2")]), "of ward-2"),
            ]
            for (policy, shown) in policies {
                try Self.replica(directory, policy).close()
                let data = try SQLiteShell.run(Sample.file(directory), "SELECT data ->> 'STATUS' FROM records")
                #expect(data == shown, "by \(policy)")
            }
        }
    }
}
