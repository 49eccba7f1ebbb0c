/// Chooses what an office shows of several concurrent values.
///
/// A resolver must be a pure function of the set it is given: then all replicas that took in the same changes show the
/// same, whatever the order. It changes nothing in the record; the other values stay until a change that has seen them
/// replaces them.
///
/// An office shows its records anew when the resolver's text (`"\(resolver)"`) is another one than last time. So a
/// resolver's parameters belong into it: those of a struct are in it by themselves, those of a class are not.
public protocol ConflictResolver: Sendable {
    /// Chooses one of the values of a field.
    ///
    /// - Parameters:
    ///   - values: Two or more, by version; at least two differ in content.
    ///   - field: The field's name; empty for the record's existence.
    /// - Returns: The value to show, one of those given.
    func choose(among values: [Register.Value], of field: String) -> Register.Value

    /// Whether a conflict stays open until a person resolves it; false: what this shows settles it.
    ///
    /// Either way all values are kept.
    var leavesOpen: Bool { get }
}

extension ConflictResolver {
    /// What is shown settles the conflict.
    public var leavesOpen: Bool { false }
}
