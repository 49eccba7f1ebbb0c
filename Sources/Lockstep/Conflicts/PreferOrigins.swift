/// The first origin of a list that has a value wins; if none of them has one, the newest version.
///
/// That a field was removed is a value, too: what a preferred origin removed does not show.
public struct PreferOrigins: ConflictResolver {
    /// The origins, the most preferred first.
    public let origins: [Origin]

    /// The resolver.
    public init(_ origins: [Origin]) {
        self.origins = origins
    }

    public func choose(among values: [Register.Value], of field: String) -> Register.Value {
        for origin in origins {
            let theirs = values.filter { $0.version.origin == origin }
            if !theirs.isEmpty { return NewestWins().choose(among: theirs, of: field) }
        }
        return NewestWins().choose(among: values, of: field)
    }
}

extension PreferOrigins: CustomStringConvertible {
    /// As `lockstep.yaml` has it: `prefer: [core, ward-3]`.
    public var description: String { "prefer: [\(origins.map(\.text).joined(separator: ", "))]" }
}

extension ConflictResolver where Self == PreferOrigins {
    /// The first of these origins that has a value wins; if none has one, the newest version.
    public static func prefer(_ origins: [Origin]) -> PreferOrigins { PreferOrigins(origins) }
}
