public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging

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
    /// Sends dead letters to their office again.
    ///
    /// Each is in the office's queue, confirmed, before it leaves the dead letters: wherever it is interrupted nothing is
    /// lost, and the same call goes on with what is left.
    /// - Parameters:
    ///   - rate: How many a second at most; nil: as many as the broker takes.
    ///   - person: Who wants it, for the audit.
    ///   - reason: Why, for the audit.
    ///   - progress: Told now and then how many are done, of how many dead letters that there are.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where ids were given and none of them is there.
    public func replayDeadLetters(
        _ selection: DeadLetterSelection, of office: OfficeName, rate: Int? = nil, by person: String = UserName.current,
        reason: String? = nil, progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void = { _, _ in }
    ) async throws -> DeadLetterCount {
        try await act("replayed", on: selection, of: office, by: person, reason: reason) { letters, note in
            try await letters.replay(selection, rate: rate) { ids, total in progress(note.add(ids), total) }
        }
    }

    /// Throws dead letters away, for ever.
    ///
    /// - Parameters:
    ///   - person: Who wants it, for the audit.
    ///   - reason: Why, for the audit.
    ///   - progress: Told now and then how many are done, of how many dead letters that there are.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where ids were given and none of them is there.
    public func discardDeadLetters(
        _ selection: DeadLetterSelection, of office: OfficeName, by person: String = UserName.current, reason: String,
        progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void = { _, _ in }
    ) async throws -> DeadLetterCount {
        try await act("discarded", on: selection, of: office, by: person, reason: reason) { letters, note in
            try await letters.discard(selection) { ids, total in progress(note.add(ids), total) }
        }
    }

    /// Does something to dead letters and notes for auditors what was done, also where it ended before its time.
    private func act(
        _ done: String, on selection: DeadLetterSelection, of office: OfficeName, by person: String, reason: String?,
        _ work: @escaping @Sendable (DeadLetters, DeadLetterNote) async throws -> Void
    ) async throws -> DeadLetterCount {
        let chosen = selection.text.map { " (chosen by \($0))" } ?? ""
        var action = OperatorAction(
            at: WallClock.system.now, person: person, action: done, office: office, count: 0,
            events: selection.ids.flatMap { DeadLetterNote.most($0.sorted()) },
            reason: reason.map { $0 + chosen } ?? (chosen.isEmpty ? nil : String(chosen.dropFirst())))
        let begun = try await begin(action)
        let note = DeadLetterNote()
        var failure: (any Error)?
        do {
            try await withClient("dead-letters \(office)") { client in
                try await work(DeadLetters(of: office, client: client), note)
            }
        } catch {
            failure = error
        }
        let (count, ids) = note.summary
        (action.count, action.events) = (count, selection.isAll ? nil : ids)
        let what = "\(NumberText.count(count, "dead letter")) of '\(office)' \(count == 1 ? "was" : "were") \(done)"
        try await end(begun, with: count > 0 ? [action] : [], what: what)
        if let failure { throw failure }
        if count == 0, selection.ids != nil { throw Self.noDeadLetter(of: office) }
        await leave(office)
        return DeadLetterCount(office: office, count: count, done: done)
    }

    /// Deletes the dead-letter queue of an office that is gone, where that was its last letter.
    private func leave(_ office: OfficeName) async {
        do {
            guard try await !current().offices.contains(where: { $0.office == office }) else { return }
            _ = try await deleteRemains(of: office)
        } catch {
            // What was asked for is done; 'lockstep topology apply' deletes it, too.
            logger.info(
                "The dead-letter queue of an office that is gone stays for now",
                metadata: ["office": "\(office)", "reason": "\(ErrorText.reason(error))"])
        }
    }
}
