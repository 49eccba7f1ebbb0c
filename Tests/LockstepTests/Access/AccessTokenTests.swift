import Lockstep
import Testing

/// Who may do what at the hub.
struct AccessTokenTests {
    @Test(arguments: [
        (AccessRole.publish, [AccessRole.publish]),
        (.read, [.read]),
        (.operate, [.read, .operate]),
        (.admin, [.read, .operate, .admin]),
    ])
    func rolesContainThoseBelowThemAndPublishingIsApart(role: AccessRole, allowed: [AccessRole]) {
        #expect(AccessRole.allCases.filter(role.allows) == allowed)
    }

    private static func token(
        _ name: String = "ada", _ role: AccessRole = .read, origin: String? = nil, expiresAt: Int64? = nil,
        revokedAt: Int64? = nil
    ) throws -> AccessToken {
        try AccessToken(
            name: name, role: role, origin: try origin.map { try Origin($0) }, createdAt: Timestamp(microseconds: 0),
            createdBy: "bob", expiresAt: expiresAt.map(Timestamp.init(microseconds:)),
            revokedAt: revokedAt.map(Timestamp.init(microseconds:)))
    }

    @Test(arguments: ["", "two words", "a\nb", "ä", ".a", String(repeating: "a", count: 65)])
    func aNameThatLogsAndAuditsCouldMisreadIsRefused(name: String) {
        #expect(throws: LockstepError.self) { try Self.token(name) }
    }

    @Test func whoPublishesDoesSoAsOneOriginAndNobodyElseDoes() throws {
        #expect(throws: LockstepError.self) { try Self.token("a", .publish) }
        #expect(throws: LockstepError.self) { try Self.token("a", .admin, origin: "core") }
        #expect(try Self.token("a", .publish, origin: "core").origin?.text == "core")
    }

    @Test func itIsTakenUntilItExpiresOrIsRevoked() throws {
        let (before, after) = (Timestamp(microseconds: 9), Timestamp(microseconds: 10))
        #expect(try Self.token().isTaken(at: after))
        let brief = try Self.token(expiresAt: 10)
        #expect(brief.isTaken(at: before))
        #expect(!brief.isTaken(at: after))
        #expect(try !Self.token(revokedAt: 5).isTaken(at: before))
    }
}
