import Lockstep

/// A token of the hub's in a list; its secret is nowhere.
public struct TokenRow: TableRow, Hashable {
    /// What it is called.
    public var name: String
    /// What it allows: `publish`, `read`, `operate` or `admin`.
    public var role: String
    /// Who its events come from; null: it publishes nothing.
    @OrNull public var origin: String?
    /// `valid`, `expired` or `revoked`.
    public var state: String
    /// When it was made (RFC 3339).
    public var created: String
    /// Who made it.
    public var createdBy: String
    /// From when on it is not taken any more (RFC 3339); null: always.
    @OrNull public var expires: String?
    /// When it was revoked (RFC 3339); null: it was not.
    @OrNull public var revoked: String?

    init(_ token: AccessToken, at now: Timestamp) {
        name = token.name
        role = token.role.rawValue
        origin = token.origin?.text
        state = token.revokedAt != nil ? "revoked" : token.isTaken(at: now) ? "valid" : "expired"
        created = token.createdAt.rfc3339
        createdBy = token.createdBy
        expires = token.expiresAt?.rfc3339
        revoked = token.revokedAt?.rfc3339
    }

    public static let columns: [TableColumn<TokenRow>] = [
        .text("NAME") { $0.name },
        .text("ROLE") { $0.role },
        .text("ORIGIN") { $0.origin ?? "-" },
        .text("STATE") { $0.state },
        .text("CREATED") { $0.created },
        .text("BY") { $0.createdBy },
        .text("EXPIRES") { $0.expires ?? "never" },
    ]
}

/// A token that was made, with its secret: the only time that it is shown.
public struct CreatedToken: Detailed, Hashable {
    /// What is kept of it.
    public var token: TokenRow
    /// What its bearer sends: `Authorization: Bearer …`.
    public var secret: String

    public var details: [Detail] {
        [
            Detail("name", token.name), Detail("role", token.role), Detail("origin", token.origin ?? "-"),
            Detail("expires", token.expires ?? "never"),
            Detail("secret", "\(secret)\nIt is not shown again. Send it as: Authorization: Bearer \(secret)"),
        ]
    }
}

extension TokenRow: Detailed {
    public var details: [Detail] {
        [
            Detail("name", name), Detail("role", role), Detail("origin", origin ?? "-"), Detail("state", state),
            Detail("created", "\(created) by \(createdBy)"), Detail("expires", expires ?? "never"),
            Detail("revoked", revoked ?? "-"),
        ]
    }
}
