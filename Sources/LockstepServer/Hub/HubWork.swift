public import Lockstep

/// What may take long, and so may be done while its caller does not wait for it.
public enum HubWork: Sendable, Hashable {
    /// Sends dead letters to their office again, so many a second at most.
    case replayDeadLetters(DeadLetterSelection, rate: Int, office: String)
    /// Throws dead letters away.
    case discardDeadLetters(DeadLetterSelection, office: String)
    /// Sends past events to an office again, so many a second at most; of a rehearsal they are only counted.
    case replayEvents(PastEventSelection, rate: Int, isRehearsal: Bool, office: String)
    /// Makes queues anew whose arguments are other than they should be: an office's, or all.
    case migrateTopology(office: String?)

    /// What people and programs call it.
    public var kind: String {
        switch self {
        case .replayDeadLetters: "dead-letter-replay"
        case .discardDeadLetters: "dead-letter-discard"
        case .replayEvents: "event-replay"
        case .migrateTopology: "migration"
        }
    }

    /// All that it may be called.
    static let kinds = ["dead-letter-replay", "dead-letter-discard", "event-replay", "migration"]
}

extension HubBackend {
    /// Does it while the caller waits.
    func perform(_ work: HubWork, _ deed: HubDeed) async throws -> HubDocument {
        switch work {
        case .replayDeadLetters(let selection, let rate, let office):
            try await replayDeadLetters(selection, rate: rate, of: office, deed)
        case .discardDeadLetters(let selection, let office):
            try await discardDeadLetters(selection, of: office, deed)
        case .replayEvents(let selection, let rate, let isRehearsal, let office):
            try await replayEvents(selection, rate: rate, isRehearsal: isRehearsal, to: office, deed)
        case .migrateTopology(let office): try await migrateTopology(of: office, deed)
        }
    }
}
