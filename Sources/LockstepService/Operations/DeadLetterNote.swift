import Synchronization

/// What has been done to dead letters so far, to be noted for auditors.
final class DeadLetterNote: Sendable {
    /// More names than these nobody reads one by one, and the audit is not to grow by them.
    private static let mostIDs = 1_000

    /// As many ids as are noted; nil: too many to name each.
    static func most(_ ids: [String]) -> [String]? { ids.count <= mostIDs ? ids : nil }

    private struct State {
        var count = 0
        var ids: [String] = []
    }

    private let state = Mutex(State())

    /// Adds letters; returns how many there are now.
    func add(_ ids: [String]) -> Int {
        state.withLock { state in
            state.count += ids.count
            if state.count <= Self.mostIDs { state.ids += ids }
            return state.count
        }
    }

    /// How many, and their ids; nil: too many to name each.
    var summary: (count: Int, ids: [String]?) {
        state.withLock { ($0.count, $0.count <= Self.mostIDs ? $0.ids : nil) }
    }
}
