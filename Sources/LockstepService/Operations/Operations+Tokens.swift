public import Lockstep
import LockstepSQLite

extension Operations {
    /// Makes a token for the hub.
    ///
    /// - Parameters:
    ///   - name: What it is called; audits name it as the person.
    ///   - origin: Who its events come from; for `publish` only, and needed there.
    ///   - lifetime: How long it is taken; nil: until it is revoked.
    /// - Throws: ``/Lockstep/LockstepError``: `invalidName` also where there is one of this name already.
    public func createToken(
        _ name: String, role: AccessRole, origin: Origin?, lifetime: Duration? = nil,
        by person: String = UserName.current, clock: WallClock = .system
    ) async throws -> CreatedToken {
        let now = clock.now
        let token = try AccessToken(
            name: name, role: role, origin: origin, createdAt: now, createdBy: person,
            expiresAt: lifetime.map { now.advanced(by: $0) })
        let secret = AccessSecret()
        let access = try SQLiteAccess(path: configuration.accessFile)
        defer { try? access.close() }
        try await access.insert(token, hash: secret.hash)
        let detail = "role \(role.rawValue)" + (origin.map { ", origin \($0)" } ?? "")
        try await note(
            OperatorAction(at: now, person: person, action: "token created", target: name, detail: detail, reason: nil),
            what: "The token '\(name)' was created")
        return CreatedToken(token: TokenRow(token, at: now), secret: secret.text)
    }

    /// All tokens of the hub, the oldest first, with expired and revoked ones.
    public func tokens(clock: WallClock = .system) async throws -> [TokenRow] {
        let access = try SQLiteAccess(path: configuration.accessFile)
        defer { try? access.close() }
        let now = clock.now
        return try await access.tokens().map { TokenRow($0, at: now) }
    }

    /// Revokes a token of the hub; a hub that runs refuses it from then on.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where there is none to revoke.
    public func revokeToken(
        _ name: String, by person: String = UserName.current, clock: WallClock = .system
    ) async throws -> TokenRow {
        let access = try SQLiteAccess(path: configuration.accessFile)
        defer { try? access.close() }
        let now = clock.now
        let token = try await access.revoke(name, at: now)
        try await note(
            OperatorAction(at: now, person: person, action: "token revoked", target: name, reason: nil),
            what: "The token '\(name)' was revoked")
        return TokenRow(token, at: now)
    }
}
