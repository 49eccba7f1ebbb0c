/// Shows the newest version for now, and leaves the conflict open until a person resolves it.
public struct AskPerson: ConflictResolver {
    /// The resolver.
    public init() {}

    public func choose(among values: [Register.Value], of field: String) -> Register.Value {
        NewestWins().choose(among: values, of: field)
    }

    public var leavesOpen: Bool { true }
}

extension AskPerson: CustomStringConvertible {
    /// As `lockstep.yaml` has it: `ask`.
    public var description: String { "ask" }
}

extension ConflictResolver where Self == AskPerson {
    /// The newest version shows for now; the conflict stays open until a person resolves it.
    public static var ask: AskPerson { AskPerson() }
}
