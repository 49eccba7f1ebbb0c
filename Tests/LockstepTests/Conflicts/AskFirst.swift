import Lockstep

/// Shows the newest and leaves the decision to a person.
struct AskFirst: ConflictResolver {
    let leavesOpen = true

    func choose(among values: [Register.Value], of field: String) -> Register.Value {
        NewestWins().choose(among: values, of: field)
    }
}
