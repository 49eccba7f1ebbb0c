import FoundationEssentials
import HTTPTypes
import Lockstep
import LockstepSQLite
import LockstepServer

/// The hub's API over the same operations that the commands have.
struct HubOperations: HubBackend {
    /// The operations with the configuration that the process began with.
    let base: Operations
    let access: SQLiteAccess
    let intake: SQLiteIntake
    /// What the process shows of itself.
    let status: StatusServer.Content
    /// What does what takes long; nil: callers wait for it.
    var long: LongOperations?
    var clock = WallClock.system
    let causes = CausesOnPage()

    /// The configuration with the offices and pauses that the hub's store has now.
    var configuration: Configuration {
        get async throws(LockstepError) { try await base.current() }
    }

    /// The operations with that configuration.
    var operations: Operations {
        get async throws(LockstepError) {
            var operations = Operations(try await configuration, logger: base.logger)
            operations.client = base.client
            operations.offices = base.offices
            return operations
        }
    }

    func access(bearing token: String?) async throws -> HubAccess {
        guard let token else {
            guard try await access.isEmpty() else {
                return .refused("This needs a token: Authorization: Bearer …; 'lockstep tokens create' makes one.")
            }
            return .granted(HubCaller(name: UserName.current, role: nil))
        }
        guard let secret = AccessSecret(token), let known = try await access.token(hash: secret.hash) else {
            return .refused("The token is not one of this hub's.")
        }
        guard known.isTaken(at: clock.now) else {
            return .refused("The token '\(known.name)' is \(known.revokedAt == nil ? "expired" : "revoked").")
        }
        return .granted(HubCaller(name: known.name, role: known.role, origin: known.origin))
    }

    func accept(_ events: [EventDraft], from caller: HubCaller) async throws -> [AcceptedEvent] {
        let submissions = try HubSubmissions(
            caller: caller, origin: base.configuration.origin, largest: base.configuration.limits.event
        ).of(events)
        do {
            return try await intake.accept(submissions).map { accepted in
                AcceptedEvent(
                    id: accepted.id.text, source: accepted.source.text, recordversion: accepted.version.description,
                    repeated: accepted.isRepeated)
            }
        } catch let refusal as SQLiteIntake.Refusal {
            throw HubSubmissions.problem(
                refusal.reasons.map { ($0.index, $0.error.message) }, of: events.count,
                refusal.isConflict ? .conflict : .badRequest)
        }
    }

    func event(_ id: String) async throws -> HubDocument {
        struct Intake: Encodable {
            let source: String
            let recordversion: String
            let accepted: String
        }
        struct Status: Encodable {
            let hub: [Intake]
            @OrNull var ledger: StatusReport?
        }
        let id = try EventID(id)
        let hub = try await intake.acceptances(of: id).map { accepted in
            Intake(
                source: accepted.source.text, recordversion: accepted.version.description,
                accepted: accepted.acceptedAt.rfc3339)
        }
        do {
            return try HubDocument(Status(hub: hub, ledger: try await operations.status(of: id)))
        } catch let error as LockstepError where error.code == .notFound {
            guard !hub.isEmpty else { throw error }
            return try HubDocument(Status(hub: hub, ledger: nil))
        }
    }

    func record(_ subject: String) async throws -> HubDocument {
        try HubDocument(try await operations.status(of: try Subject(subject)))
    }

    func events(_ question: EventQuestion, _ range: HubRange) async throws -> HubPage {
        let rows = try await operations.events(question, after: range.after, limit: range.limit + 1)
        return try HubPage(rows, range, place: \.place)
    }

    func deliveries(_ question: DeliveryQuestion, _ range: HubRange) async throws -> HubPage {
        let rows = try await operations.deliveries(question, after: range.after, limit: range.limit + 1)
        return try HubPage(rows, range, place: \.place)
    }

    func outbox(_ question: HubOutboxQuestion, _ range: HubRange) async throws -> HubPage {
        let limit = range.limit + 1
        guard question.box == .core else {
            let after = try range.after.map { text throws(LockstepError) in try OutboxPosition(place: text) }
            let rows = try await intake.outbox.rows(question.state, after: after, limit: limit)
            return try HubPage(rows.map(OutboxEventRow.init), range, place: \.place)
        }
        guard base.configuration.outbox.database != nil else {
            throw LockstepError(.notFound, "no core app's outbox is configured on the hub's machine")
        }
        return try HubPage(
            try await base.outboxEvents(question.state, after: range.after, limit: limit), range, place: \.place)
    }

    func report(about subject: String?, limit: Int) async throws -> HubDocument {
        let about = try subject.map { try Subject($0) }
        let report = try await operations.report(ReportArguments(about: about, limit: limit, form: .json))
        return HubDocument(json: try report.json())
    }

    func readiness() async -> [ReadinessPart] {
        func part(_ name: String, _ check: () async throws -> Void) async -> ReadinessPart {
            do {
                try await check()
                return ReadinessPart(name)
            } catch {
                return ReadinessPart(name, notReadyBecause: ErrorText.reason(error))
            }
        }
        return status.readiness() + [
            await part("tokens") { _ = try await access.isEmpty() },
            await part("outbox") { _ = try await intake.outbox.status() },
        ]
    }

    func metrics() async -> (text: String, mediaType: String) { status.metrics() }
}
