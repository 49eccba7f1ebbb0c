import Crypto
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
    /// - Throws: ``Lockstep/LockstepError``; `notFound` where there is no such dead letter, `invalidEvent` where nothing is
    ///   changed, or it would be no event still.
    public func editDeadLetter(
        _ id: String, of office: Subscription, _ change: DeadLetterChange, dryRun: Bool = false,
        by person: String = UserName.current, reason: String
    ) async throws -> DeadLetterEdit {
        let name = office.office
        let edit = try await withClient("dead-letters \(name)") { client in
            try await DeadLetters(of: name, client: client).edit(id) { original in
                let repair = try DeadLetterRepair(original, change)
                var edit = try await rehearse(repair, of: office, letter: id)
                edit.dryRun = dryRun
                guard !dryRun else { return (.keep, edit) }
                try await keep(original.letter, repair.differences, of: name, by: person, reason: reason)
                switch repair.kind {
                case .repaired(let event):
                    edit.event = event.id.text
                    return (.send(event), edit)
                case .correction(let draft, _):
                    edit.event = try await publish(draft, client)
                    return (.remove(sendingFirst: !original.letter.wasMerged), edit)
                }
            }
        }
        guard let edit else { throw Self.noDeadLetter(of: name) }
        if !dryRun {
            let action = OperatorAction(
                at: WallClock.system.now, person: person, action: "edited", office: name, count: 1, events: [id],
                reason: reason)
            try await note(action, what: "The dead letter '\(id)' of '\(name)' was edited and sent")
        }
        return edit
    }

    /// The data of a dead letter, to be edited; nil: they cannot be read.
    ///
    /// - Throws: ``Lockstep/LockstepError``; `notFound` where there is no such dead letter.
    public func deadLetterData(_ id: String, of office: OfficeName) async throws -> JSONObject? {
        let found = try await withClient("dead-letters \(office)") { client in
            try await DeadLetters(of: office, client: client).edit(id) { (.keep, try? $0.data.get()) }
        }
        guard let found else { throw Self.noDeadLetter(of: office) }
        return found
    }

    private func publish(_ draft: EventDraft, _ client: RabbitMQClient) async throws -> String {
        let published = try await configuration.publisher(over: client, logger: logger).publish(draft)
        if case .refused(let reason) = published.outcome {
            throw LockstepError(.brokerUnavailable, "The correction was not published: \(reason).")
        }
        return published.event.id.text
    }

    /// What the office's replica would make of it, where that is here.
    private func rehearse(
        _ repair: DeadLetterRepair, of office: Subscription, letter: String
    ) async throws -> DeadLetterEdit {
        let event: Event
        let way: String
        switch repair.kind {
        case .repaired(let repaired): (event, way) = (repaired, "repaired")
        case .correction(let draft, let original):
            way = "corrected"
            let now = ClockReading(at: WallClock.system.now) ?? original.version.reading
            let version = Version(
                reading: max(now, original.version.reading.successor), origin: try configuration.publishingOrigin())
            event = Event(
                id: original.id, source: version.origin, type: draft.type, subject: draft.subject,
                time: WallClock.system.now, scope: draft.scope, version: version, seen: draft.seen, data: draft.data)
        }
        var edit = DeadLetterEdit(
            office: office.office.text, id: letter, way: way, event: nil, differences: repair.differences, outcome: nil,
            reason: nil, dryRun: true)
        let file = configuration.replicaFile(of: office.office)
        guard FileManager.default.fileExists(atPath: file) else { return edit }
        let acceptance = try await OfficeReader(path: file).rehearse(event, for: office)
        edit.outcome = acceptance.refusal == nil ? acceptance.outcome.rawValue : "refused"
        edit.reason = acceptance.refusal
        return edit
    }

    /// Keeps a dead letter as it is, for auditors.
    private func keep(
        _ letter: DeadLetter, _ differences: [DeadLetterEdit.Difference], of office: OfficeName, by person: String,
        reason: String
    ) async throws {
        let headers = try JSONOutput.line(letter.headers)
        var hash = SHA256()
        hash.update(data: Array(headers.utf8) + [0] + letter.body)
        let digest = hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        let audit = try SQLiteAudit(path: configuration.auditFile)
        defer { try? audit.close() }
        try await audit.keep(
            OriginalDelivery(
                at: WallClock.system.now, person: person, office: office, letter: letter.id, reason: reason,
                headers: headers, body: letter.body, digest: digest, differences: try JSONOutput.line(differences)))
    }
}

extension DeadLetter {
    /// Whether the office's replica has taken the event in, though it could not be made known to the office's own system:
    /// a worker merges first.
    fileprivate var wasMerged: Bool {
        !["undecodable", "store", "delivery-limit"].contains(errorClass)
    }
}
