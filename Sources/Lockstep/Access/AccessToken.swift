/// A token of the hub's as it is kept: who has it and what it allows, never its secret.
public struct AccessToken: Sendable, Hashable {
    /// What it is called; audits name it as the person.
    public let name: String
    /// What it allows.
    public let role: AccessRole
    /// Who its events come from; there for `publish` only.
    public let origin: Origin?
    /// When it was made.
    public let createdAt: Timestamp
    /// Who made it.
    public let createdBy: String
    /// From when on it is not taken any more; nil: always.
    public let expiresAt: Timestamp?
    /// When it was revoked; nil: it was not.
    public let revokedAt: Timestamp?

    /// A token.
    ///
    /// - Throws: ``LockstepError``: `invalidName` for a name that is not letters, digits, `-`, `_` and dots, 64 bytes
    ///   at most; `invalidConfiguration` for an origin without the role `publish`, or that role without an origin.
    public init(
        name: String, role: AccessRole, origin: Origin?, createdAt: Timestamp, createdBy: String,
        expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil
    ) throws(LockstepError) {
        guard Name.isDottedWords(name), name.utf8.count <= 64 else {
            throw LockstepError(
                .invalidName,
                "not a token's name; it is made of letters, digits, '-', '_' and dots between them, 64 bytes at most")
        }
        guard (role == .publish) == (origin != nil) else {
            throw LockstepError(
                .invalidConfiguration,
                role == .publish
                    ? "A token that publishes needs an origin: whoever bears it speaks as that one, like --origin scheduling"
                    : "A token with the role '\(role.rawValue)' publishes nothing; leave its origin out, or make it one with "
                        + "the role 'publish'")
        }
        self.name = name
        self.role = role
        self.origin = origin
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }

    /// Whether it is taken at a moment.
    public func isTaken(at now: Timestamp) -> Bool {
        revokedAt == nil && (expiresAt.map { now < $0 } ?? true)
    }
}
