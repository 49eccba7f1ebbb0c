public import Lockstep
import LockstepSQLite

/// Which conflicts are listed.
public enum ConflictStates: Sendable, Hashable {
    /// Those that wait for a person.
    case open
    /// Also those where the policy chooses what is shown.
    case unsettled
    /// All of them.
    case all

    var states: Set<StoredConflict.State> {
        switch self {
        case .open: [.open]
        case .unsettled: [.open, .decided]
        case .all: Set(StoredConflict.State.allCases)
        }
    }
}

extension Operations {
    /// The conflicts that an office knows of, those that were first seen last before the others.
    public func conflicts(
        of office: Subscription, _ states: ConflictStates, limit: Int
    ) async throws -> [ConflictRow] {
        try await reader(of: office).conflicts(states.states, limit: limit).map(ConflictRow.init)
    }

    /// One conflict of an office, by its name or how its name begins.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where there is none, or more than one.
    public func conflict(_ id: String, of office: Subscription) async throws -> ConflictDetail {
        ConflictDetail(try await reader(of: office).conflict(id))
    }
}
