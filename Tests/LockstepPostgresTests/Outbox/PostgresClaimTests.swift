import Lockstep
import Testing

@testable import LockstepPostgres

/// What a claim makes of a page of rows.
struct PostgresClaimTests {
    /// A page as a claim reads it, each row's record with a key of its own.
    private func page(_ states: [String], _ site: Site) async throws -> PostgresRows {
        try await site.write(states.indices.map { "permit/\($0)" })
        let connection = PostgresConnection(site.configuration, purpose: "page", logger: quiet)
        let list = states.map { "'\($0)'" }.joined(separator: ", ")
        return try await connection.query(
            """
            SELECT \(OutboxEntry.columns), key, state, 1, 1 FROM (
                SELECT *, (ARRAY[\(list)])[key + 1] AS state, true AS fits FROM (
                    SELECT *, substr(subject, 8)::integer AS key FROM lockstep.outbox) AS numbered) AS page
            ORDER BY position
            """, isBinary: true)
    }

    @Test func whatWasLockedAfterTheLookIsLookedAtAgain() async throws {
        try await withOutbox { site in
            let page = try await page(["held", "free", "taken", "others", "free"], site)
            #expect(PostgresClaim.freeKeys(of: page) == [1, 4])
            var claim = PostgresClaim(count: 10, bytes: 1 << 20)
            let isAlone = claim.take(page, wanted: 10, taken: [1])
            #expect(isAlone)
            #expect(claim.rows.map(\.key) == [0, 1, 2])
            #expect(claim.others == [3, 4] && claim.keys == [1, 2])
            #expect(claim.doubtful == claim.rows.filter { $0.key > 0 }.map(\.entry.position.number))
            // Whoever had them before has settled them meanwhile.
            claim.keep([])
            #expect(claim.rows.map(\.key) == [0])
        }
    }
}
