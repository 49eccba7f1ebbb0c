public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

/// How many dead letters were replayed or discarded.
public struct DeadLetterCount: Detailed, Hashable {
    /// The office's name.
    public var office: String
    /// How many.
    public var count: Int
    /// What was done to them: `replayed` or `discarded`.
    public var done: String

    /// A count.
    public init(office: OfficeName, count: Int, done: String) {
        self.office = office.text
        self.count = count
        self.done = done
    }

    public var details: [Detail] { [Detail(done, count)] }
}

extension Operations {
    /// The oldest dead letters of an office, `limit` at most.
    public func deadLetters(of office: OfficeName, limit: Int) async throws -> [DeadLetterRow] {
        try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).list(limit: limit).map(DeadLetterRow.init)
        }
    }

    /// One dead letter of an office.
    ///
    /// - Throws: ``Lockstep/LockstepError`` with the code `notFound` if there is none with this id.
    public func deadLetter(_ id: String, of office: OfficeName) async throws -> DeadLetterDetail {
        let found = try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).list(limit: .max).first { $0.id == id }
        }
        guard let found else { throw Self.noDeadLetter(of: office) }
        return DeadLetterDetail(found)
    }

    /// Sends dead letters to their office again.
    ///
    /// - Parameters:
    ///   - ids: Which; nil: all.
    ///   - person: Who wants it, for the audit.
    ///   - reason: Why, for the audit.
    /// - Throws: ``Lockstep/LockstepError`` with the code `notFound` where ids were given and none of them is there.
    public func replayDeadLetters(
        _ ids: Set<String>?, of office: OfficeName, by person: String = UserName.current, reason: String? = nil
    ) async throws -> DeadLetterCount {
        let count = try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).replay(DeadLetterSelection(ids))
        }
        let answer = try Self.answer(count, "replayed", ids, office)
        try await note(answer, ids, of: office, by: person, reason: reason)
        return answer
    }

    /// Throws dead letters away.
    ///
    /// - Parameters:
    ///   - ids: Which; nil: all.
    ///   - person: Who wants it, for the audit.
    ///   - reason: Why, for the audit.
    /// - Throws: ``Lockstep/LockstepError`` with the code `notFound` where ids were given and none of them is there.
    public func discardDeadLetters(
        _ ids: Set<String>?, of office: OfficeName, by person: String = UserName.current, reason: String? = nil
    ) async throws -> DeadLetterCount {
        let count = try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).discard(DeadLetterSelection(ids))
        }
        let answer = try Self.answer(count, "discarded", ids, office)
        try await note(answer, ids, of: office, by: person, reason: reason)
        return answer
    }

    /// Notes for auditors what was done.
    private func note(
        _ answer: DeadLetterCount, _ ids: Set<String>?, of office: OfficeName, by person: String, reason: String?
    ) async throws(LockstepError) {
        guard answer.count > 0 else { return }
        do throws(LockstepError) {
            let audit = try SQLiteAudit(path: configuration.auditFile)
            defer { try? audit.close() }
            try await audit.note(
                OperatorAction(
                    at: WallClock.system.now, person: person, action: answer.done, office: office, count: answer.count,
                    events: ids?.sorted(), reason: reason))
        } catch {
            throw LockstepError(
                error.code,
                "\(NumberText.count(answer.count, "dead letter")) of '\(office)' \(answer.count == 1 ? "was" : "were") "
                    + "\(answer.done), but that could not be noted for auditors: \(error.message)",
                underlying: error)
        }
    }

    private static func answer(
        _ count: Int,
        _ done: String,
        _ ids: Set<String>?,
        _ office: OfficeName
    ) throws(LockstepError) -> DeadLetterCount {
        if count == 0, ids != nil { throw noDeadLetter(of: office) }
        return DeadLetterCount(office: office, count: count, done: done)
    }

    private static func noDeadLetter(of office: OfficeName) -> LockstepError {
        LockstepError(
            .notFound,
            "The office '\(office)' has no such dead letter. 'lockstep dead-letters list \(office)' shows those it has."
        )
    }
}
