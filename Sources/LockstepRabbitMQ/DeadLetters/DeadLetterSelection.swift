/// Which dead letters of an office a command is about.
public enum DeadLetterSelection: Sendable, Hashable {
    /// All of them.
    case all
    /// Those with these ids.
    case ids(Set<String>)

    /// Those with these ids; nil: all.
    public init(_ ids: Set<String>?) {
        self = ids.map { .ids($0) } ?? .all
    }

    func contains(_ letter: DeadLetter) -> Bool {
        switch self {
        case .all: true
        case .ids(let ids): ids.contains(letter.id)
        }
    }
}
