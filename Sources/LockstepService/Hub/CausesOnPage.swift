import Lockstep
import LockstepServer

/// The causes of dead letters, as the page shows them.
///
/// To count them all have to be looked at, which hides them from everybody else for moments: it is done when their number
/// is another one than before, and not where there are very many.
actor CausesOnPage {
    /// How many dead letters of all offices are looked at for one page.
    static let most = 2_000

    private var known: [String: (dead: Int, causes: [DeadLetterCauseRow])] = [:]

    /// The causes of the dead letters of these offices, by office; nil: there are too many to look at for a page.
    ///
    /// - Parameter count: Looks at an office's dead letters.
    func causes(
        of offices: [(office: String, dead: Int)], _ count: (String) async throws -> [DeadLetterCauseRow]
    ) async throws -> [(office: String, dead: Int, causes: [DeadLetterCauseRow]?)] {
        var left = Self.most
        var all: [(office: String, dead: Int, causes: [DeadLetterCauseRow]?)] = []
        for (office, dead) in offices {
            if let known = known[office], known.dead == dead {
                all.append((office, dead, known.causes))
            } else if dead > left {
                all.append((office, dead, nil))
            } else {
                left -= dead
                let causes = try await count(office)
                known[office] = (dead, causes)
                all.append((office, dead, causes))
            }
        }
        let offices = Set(offices.map(\.office))
        known = known.filter { offices.contains($0.key) }
        return all
    }
}
