/// The newest version wins: clock first, the origin's name on a tie.
public struct NewestWins: ConflictResolver {
    /// The resolver.
    public init() {}

    public func choose(among values: [Register.Value], of field: String) -> Register.Value {
        guard let newest = values.max(by: { $0.version < $1.version }) else {
            preconditionFailure("a resolver is asked only where there is something to choose from")
        }
        return newest
    }
}

extension NewestWins: CustomStringConvertible {
    /// As `lockstep.yaml` has it: `newest`.
    public var description: String { "newest" }
}

extension ConflictResolver where Self == NewestWins {
    /// The newest version wins.
    public static var newest: NewestWins { NewestWins() }
}
