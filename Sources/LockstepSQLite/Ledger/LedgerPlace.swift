import Lockstep

/// A place in a list of events or deliveries, after which it goes on.
///
/// Rows keep their places: what comes while somebody reads on is before the first one.
struct LedgerPlace: Sendable, Hashable {
    /// The row of the event.
    var event: Int64
    /// The number of the office; of a list of events 0.
    var office: Int64
    /// The version of the event: a record's events are listed by it.
    var version: String

    init(event: Int64, office: Int64 = 0, version: String) {
        self.event = event
        self.office = office
        self.version = version
    }

    /// Reads ``text``.
    ///
    /// - Throws: `invalidName` where it is none.
    init(_ text: String) throws(LockstepError) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let event = Int64(parts[0]), let office = Int64(parts[1]), event >= 0, office >= 0,
            let version = try? Version(String(parts[2]))
        else {
            throw LockstepError(
                .invalidName, "where a list goes on is what its part before named for that, and nothing else")
        }
        self.init(event: event, office: office, version: version.description)
    }

    var text: String { "\(event)/\(office)/\(version)" }
}
