import FoundationEssentials
public import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import RabbitMQ

extension Operations {
    /// Edits a dead letter and sends it to its office again; the original is kept in the audit.
    ///
    /// What is no event is repaired and sent to the office, with the name and version that it has. An event that offices
    /// can read stays what it is: the fields that are edited become a change of its own, published for all offices, which
    /// has seen the event, and names it in the attribute `corrects`.
    ///
    /// - Parameters:
    ///   - change: What is to be other.
    ///   - dryRun: Whether only is said what would become of it; nothing is sent, also not to a callback.
    ///   - person: Who wants it, for the audit.
    ///   - reason: Why, for the audit.
    /// - Throws: ``/Lockstep/LockstepError``; `notFound` where there is no such dead letter, `invalidEvent` where nothing is
    ///   changed, or it would be no event still.
    public func editDeadLetter(
        _ id: String, of office: Subscription, _ change: DeadLetterChange, dryRun: Bool = false,
        by person: String = UserName.current, reason: String
    ) async throws -> DeadLetterEdit {
        let name = office.office
        let action = OperatorAction(
            at: WallClock.system.now, person: person, action: "edited", office: name, count: 1, events: [id],
            reason: reason)
        let begun = dryRun ? nil : try await begin(action)
        let edit: DeadLetterEdit?
        do {
            edit = try await withClient("dead-letters \(name)") { client in
                try await DeadLetters(of: name, client: client).edit(id) { original in
                    let repair = try DeadLetterRepair(original, change)
                    guard !dryRun else {
                        let edit = try await rehearse(repair, of: office, letter: id)
                        return (.keep, try await asking(office, of: try rehearsed(repair), client, edit))
                    }
                    return try await send(repair, of: original.letter, to: office, by: person, reason: reason, client)
                }
            }
        } catch {
            // What was sent before is sent again by the next try, under the same name.
            if let begun { try await end(begun, what: "The dead letter '\(id)' of '\(name)' was not edited") }
            throw error
        }
        if let begun {
            let what = "The dead letter '\(id)' of '\(name)' was edited and sent"
            try await end(begun, with: edit == nil ? [] : [action], what: what)
        }
        guard let edit else { throw Self.noDeadLetter(of: name) }
        return edit
    }

    /// Keeps a dead letter, and sends what it becomes.
    private func send(
        _ repair: DeadLetterRepair, of letter: DeadLetter, to office: Subscription, by person: String, reason: String,
        _ client: RabbitMQClient
    ) async throws -> (DeadLetterDecision, DeadLetterEdit) {
        var edit = try await rehearse(repair, of: office, letter: letter.id)
        edit.dryRun = false
        let original = try KeptLetter(letter, repair.differences, of: office.office, by: person, reason: reason)
        let audit = try SQLiteAudit(path: configuration.auditFile)
        defer { try? audit.close() }
        switch repair.kind {
        case .repaired(let event):
            try await audit.keep(original.delivery(correction: nil))
            CrashPoint.originalKept.pass()
            edit.event = event.id.text
            return (.send(event), edit)
        case .correction(let draft, let event):
            let publisher = try configuration.publisher(over: client, logger: logger)
            var correction = try await publisher.named(draft)
            let kept = try await audit.keep(original.delivery(correction: try KeptLetter.name(of: correction)))
            // An edit that was interrupted may have published it: under the same name and version nothing is applied
            // twice. One that was overtaken since is made anew.
            if let known = try kept.flatMap({ try KeptLetter.naming(draft, $0) }), known.id != correction.id {
                let outcome = try await outcome(of: known, correcting: event, in: office)
                if outcome == .superseded {
                    try await audit.replace(original.delivery(correction: try KeptLetter.name(of: correction)))
                } else {
                    correction = known
                }
            }
            CrashPoint.originalKept.pass()
            edit.event = try await publish(correction, publisher)
            CrashPoint.corrected.pass()
            return (.remove(sendingFirst: !letter.wasMerged), edit)
        }
    }

    /// The data of a dead letter, to be edited; nil: they cannot be read.
    ///
    /// - Throws: ``/Lockstep/LockstepError``; `notFound` where there is no such dead letter.
    public func deadLetterData(_ id: String, of office: OfficeName) async throws -> JSONObject? {
        let found = try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).edit(id) { (.keep, try? $0.data.get()) }
        }
        guard let found else { throw Self.noDeadLetter(of: office) }
        return found
    }

    private func publish(_ draft: EventDraft, _ publisher: EventPublisher) async throws -> String {
        let published = try await publisher.publish(draft)
        if case .refused(let reason) = published.outcome {
            throw LockstepError(.brokerUnavailable, "The correction was not published: \(reason).")
        }
        return published.event.id.text
    }

    /// What the office's replica would make of it, where that is here.
    private func rehearse(
        _ repair: DeadLetterRepair, of office: Subscription, letter: String
    ) async throws -> DeadLetterEdit {
        var edit = DeadLetterEdit(
            office: office.office.text, id: letter, way: repair.way, event: nil, differences: repair.differences,
            outcome: nil, reason: nil, adapter: nil, adapterReason: nil, dryRun: true)
        if let acceptance = try await rehearse(try rehearsed(repair), in: office) { edit.note(acceptance) }
        return edit
    }

    /// The event that would be sent.
    private func rehearsed(_ repair: DeadLetterRepair) throws -> Event {
        switch repair.kind {
        case .repaired(let event): event
        case .correction(let draft, let original): try rehearsed(draft, correcting: original)
        }
    }

    private func outcome(
        of draft: EventDraft, correcting original: Event, in office: Subscription
    ) async throws -> MergeOutcome? {
        try await rehearse(try rehearsed(draft, correcting: original), in: office)?.outcome
    }

    private func rehearse(_ event: Event, in office: Subscription) async throws -> Acceptance? {
        let file = configuration.replicaFile(of: office.office)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try await OfficeReader(path: file).rehearse(event, for: office).acceptance
    }

    /// The event that a correction would be.
    private func rehearsed(_ draft: EventDraft, correcting original: Event) throws -> Event {
        let now = ClockReading(at: WallClock.system.now) ?? original.version.reading
        let version =
            try draft.version
            ?? Version(
                reading: max(now, original.version.reading.successor), origin: configuration.publishingOrigin())
        return Event(
            id: original.id, source: version.origin, type: draft.type, subject: draft.subject,
            time: WallClock.system.now, scope: draft.scope, version: version, seen: draft.seen, data: draft.data)
    }
}

extension DeadLetter {
    /// Whether the office's replica has taken the event in, though it could not be made known to the office's own system:
    /// a worker merges first.
    fileprivate var wasMerged: Bool {
        !["undecodable", "store", "delivery-limit"].contains(errorClass)
    }
}
