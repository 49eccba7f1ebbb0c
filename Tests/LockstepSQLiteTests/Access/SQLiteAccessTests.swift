import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

/// The hub's tokens on disk.
@Suite(.timeLimit(.minutes(1)))
struct SQLiteAccessTests {
    private static func withAccess(_ body: (SQLiteAccess, _ path: String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending(path: "access.sqlite").path
            let access = try SQLiteAccess(path: path)
            try await body(access, path)
            try access.close()
        }
    }

    private static func token(
        _ name: String, _ role: AccessRole = .publish, origin: String? = "core", expiresAt: Timestamp? = nil
    ) throws -> AccessToken {
        try AccessToken(
            name: name, role: role, origin: try origin.map { try Origin($0) }, createdAt: LedgerSample.time(1),
            createdBy: "ada", expiresAt: expiresAt)
    }

    @Test func aTokenIsFoundByItsHashAndByNoOther() async throws {
        try await Self.withAccess { access, path in
            let token = try Self.token("core", expiresAt: LedgerSample.time(9))
            #expect(try await access.isEmpty())
            try await access.insert(token, hash: [1, 2, 3])
            #expect(try await access.token(hash: [1, 2, 3]) == token)
            #expect(try await access.token(hash: [1, 2]) == nil)
            #expect(try await access.token(hash: []) == nil)
            #expect(try await SQLiteAccess(path: path).token(hash: [1, 2, 3]) == token)
        }
    }

    @Test func whatOneProcessRevokesIsRevokedForTheOthersAtOnce() async throws {
        try await Self.withAccess { access, path in
            try await access.insert(Self.token("core"), hash: [1])
            let other = try SQLiteAccess(path: path)
            #expect(try await other.token(hash: [1])?.revokedAt == nil)
            _ = try await access.revoke("core", at: LedgerSample.time(2))
            #expect(try await other.token(hash: [1])?.revokedAt == LedgerSample.time(2))
            #expect(try await !other.isEmpty(), "revoking the last token must not open the hub")
        }
    }

    @Test func aNameIsGivenAgainOnlyAfterItsTokenWasRevoked() async throws {
        try await Self.withAccess { access, _ in
            try await access.insert(Self.token("core"), hash: [1])
            let taken = await failure { try await access.insert(Self.token("core"), hash: [2]) }
            #expect(taken?.code == .invalidName)
            _ = try await access.revoke("core", at: LedgerSample.time(2))
            try await access.insert(Self.token("core"), hash: [2])
            #expect(try await access.tokens().map { $0.revokedAt == nil } == [false, true])
        }
    }

    @Test func whatIsNotThereCannotBeRevoked() async throws {
        try await Self.withAccess { access, _ in
            let error = await failure { _ = try await access.revoke("core", at: LedgerSample.time(2)) }
            #expect(error?.code == .notFound)
        }
    }
}
