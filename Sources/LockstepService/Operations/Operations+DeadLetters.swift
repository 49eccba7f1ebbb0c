public import Lockstep
import LockstepRabbitMQ

extension Operations {
    /// The oldest dead letters of an office that are meant, `limit` at most, after some that are passed over.
    public func deadLetters(
        of office: OfficeName, matching selection: DeadLetterSelection = .all, skipping skipped: Int = 0, limit: Int
    ) async throws -> [DeadLetterRow] {
        try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).list(
                selection, skipping: skipped, limit: limit, DeadLetterRow.init)
        }
    }

    /// Why an office's dead letters were given up, and how many for each cause; the one with most comes first.
    public func deadLetterCauses(
        of office: OfficeName, matching selection: DeadLetterSelection = .all
    ) async throws -> [DeadLetterCauseRow] {
        try await withClient("dead-letters \(office)") { client in
            var tally = DeadLetterTally()
            try await DeadLetters(of: office, client: client).visit(selection) { tally.add($0) }
            return tally.rows
        }
    }

    /// One dead letter of an office.
    ///
    /// - Parameter payload: Whether its body is shown, too.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` if there is none with this id.
    public func deadLetter(
        _ id: String, of office: OfficeName, payload: Bool = false
    ) async throws -> DeadLetterDetail {
        let found = try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).list(.ids([id]), limit: 1).first
        }
        guard let found else { throw Self.noDeadLetter(of: office) }
        return DeadLetterDetail(found, payload: payload)
    }

    static func noDeadLetter(of office: OfficeName) -> LockstepError {
        LockstepError(
            .notFound,
            "The office '\(office)' has no such dead letter. 'lockstep dead-letters list \(office)' shows those it has."
        )
    }
}
