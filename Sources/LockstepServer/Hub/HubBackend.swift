public import Lockstep

/// What the hub's API stands on: plain values go in, documents come out.
///
/// Methods throw ``HubProblem`` for what the caller can mend, or ``/Lockstep/LockstepError``, which becomes one. Names,
/// ids and subjects come as the caller wrote them; whoever implements this checks them.
public protocol HubBackend: Sendable {
    /// Who bears a token; nil: the request has none.
    ///
    /// Asked for each request, so that a token that is revoked is refused at once.
    func access(bearing token: String?) async throws -> HubAccess

    /// Takes events in, all or none; they are on disk when it returns.
    func accept(_ events: [EventDraft], from caller: HubCaller) async throws -> [AcceptedEvent]
    /// What is known of an event: who has it.
    func event(_ id: String) async throws -> HubDocument
    /// What is known of a record: who has which version.
    func record(_ subject: String) async throws -> HubDocument
    /// The events that the ledger has heard of, the newest first.
    func events(_ question: EventQuestion, _ range: HubRange) async throws -> HubPage
    /// The deliveries that offices have spoken of, those of the newest events first.
    func deliveries(_ question: DeliveryQuestion, _ range: HubRange) async throws -> HubPage

    /// The events of an outbox that are not published, the oldest first.
    func outbox(_ question: HubOutboxQuestion, _ range: HubRange) async throws -> HubPage

    /// All offices, as the broker sees them.
    func offices() async throws -> HubPage
    /// One office.
    func office(_ name: String) async throws -> HubDocument

    /// An office's dead letters, the oldest first.
    func deadLetters(of office: String, _ range: HubRange) async throws -> HubPage
    /// One dead letter, with its headers and its body.
    func deadLetter(_ id: String, of office: String) async throws -> HubDocument
    /// Sends dead letters to their office again, so many a second at most.
    func replayDeadLetters(
        _ selection: DeadLetterSelection, rate: Int, of office: String, _ deed: HubDeed
    ) async throws -> HubDocument
    /// An office's dead letters by cause.
    func deadLetterCauses(of office: String) async throws -> HubPage
    /// Edits a dead letter and sends it again; of a rehearsal is only said what would become of it.
    func editDeadLetter(
        _ id: String, of office: String, _ change: HubRepair, _ deed: HubDeed
    ) async throws -> HubDocument
    /// Throws dead letters away.
    func discardDeadLetters(
        _ selection: DeadLetterSelection, of office: String, _ deed: HubDeed
    ) async throws -> HubDocument

    /// Sends past events to an office again, so many a second at most; of a rehearsal they are only counted.
    func replayEvents(
        _ selection: PastEventSelection, rate: Int, isRehearsal: Bool, to office: String, _ deed: HubDeed
    ) async throws -> HubDocument
    /// Makes queues anew whose arguments are other than they should be: an office's, or all.
    func migrateTopology(of office: String?, _ deed: HubDeed) async throws -> HubDocument

    /// Begins what may take long, and goes on with it after it has returned; nil: that cannot be done here.
    ///
    /// - Throws: `refused` where the same goes on already.
    func begin(_ work: HubWork, _ deed: HubDeed) async throws -> (id: String, document: HubDocument)?
    /// What goes on or went on while nobody waited for it, the newest first.
    func operations(_ range: HubRange) async throws -> HubPage
    /// One of those.
    func operation(_ id: String) async throws -> HubDocument
    /// Has one stopped; it says how far it is now.
    func cancelOperation(_ id: String, _ deed: HubDeed) async throws -> HubDocument

    /// All subscriptions.
    func subscriptions() async throws -> HubPage
    /// One subscription.
    func subscription(_ name: String) async throws -> HubDocument
    /// Makes a subscription; its settings have the keys of lockstep.yaml.
    func createSubscription(_ name: String, _ settings: JSONObject, _ deed: HubDeed) async throws -> HubDocument
    /// Changes a subscription's settings as a merge patch says (RFC 7396, on the top level).
    func changeSubscription(
        _ name: String, _ patch: JSONObject, revision: Int?, _ deed: HubDeed
    ) async throws -> HubDocument
    /// Deletes a subscription, and moves what is queued to its dead letters where that is wanted.
    func deleteSubscription(_ name: String, movesQueued: Bool, _ deed: HubDeed) async throws -> HubDocument
    /// Pauses a subscription, or resumes it.
    func pauseSubscription(_ name: String, _ pauses: Bool, _ deed: HubDeed) async throws -> HubDocument

    /// The conflicts that offices know of, those that were first seen last before the others.
    func conflicts(_ question: HubConflictQuestion, _ range: HubRange) async throws -> HubPage
    /// Settles a conflict.
    func resolveConflict(_ id: String, _ decision: HubDecision, _ deed: HubDeed) async throws -> HubDocument

    /// A report of who has what; it is entered into the register.
    func report(about subject: String?, limit: Int) async throws -> HubDocument

    /// What administrators look at first.
    func overview() async throws -> HubOverview

    /// The parts that must be there before the hub can do its work.
    func readiness() async -> [ReadinessPart]
    /// The metrics, and the media type of their text.
    func metrics() async -> (text: String, mediaType: String)
}

/// An event that was taken in.
public struct AcceptedEvent: Encodable, Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Who made the change.
    public var source: String
    /// Which change of the record it is.
    public var recordversion: String
    /// Whether it had been taken in before, and is not published again.
    public var repeated: Bool

    /// An event.
    public init(id: String, source: String, recordversion: String, repeated: Bool) {
        self.id = id
        self.source = source
        self.recordversion = recordversion
        self.repeated = repeated
    }
}

/// How a dead letter is to be edited.
public struct HubRepair: Sendable, Hashable {
    /// All of its data, instead of what there is; nil: they stay.
    public var data: JSONObject?
    /// Fields of the data; null removes one.
    public var fields: [String: JSONText]
    /// CloudEvents attributes.
    public var attributes: [String: String]
    /// Whether only is said what would become of it.
    public var isRehearsal: Bool

    /// An edit.
    public init(
        data: JSONObject? = nil, fields: [String: JSONText] = [:], attributes: [String: String] = [:],
        isRehearsal: Bool = false
    ) {
        self.data = data
        self.fields = fields
        self.attributes = attributes
        self.isRehearsal = isRehearsal
    }
}

/// Who does something, and why; both are kept for auditors.
public struct HubDeed: Sendable, Hashable {
    /// The token's name, or that of whoever runs the hub where it asks for none.
    public var person: String
    /// Why.
    public var reason: String

    /// A deed.
    public init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

/// Which events of an outbox are asked for.
public struct HubOutboxQuestion: Sendable, Hashable {
    /// Whose outbox.
    public enum Box: String, Sendable, CaseIterable {
        /// What came in over HTTP.
        case hub
        /// The core app's, where one is configured on the hub's machine.
        case core
    }

    /// Whose outbox.
    public var box: Box
    /// How they stand.
    public var state: OutboxRow.State

    /// A question.
    public init(box: Box = .hub, state: OutboxRow.State = .waiting) {
        self.box = box
        self.state = state
    }
}

/// Which conflicts are asked for.
public struct HubConflictQuestion: Sendable, Hashable {
    /// How conflicts stand that are asked for.
    public enum States: String, Sendable, CaseIterable {
        /// Those that wait for a person.
        case open
        /// Also those where the policy chooses what is shown.
        case unsettled
        /// All.
        case all
    }

    /// Whose; nil: of all offices that have their replica on the hub's machine.
    public var office: String?
    /// How they stand.
    public var states: States

    /// A question.
    public init(office: String? = nil, states: States = .unsettled) {
        self.office = office
        self.states = states
    }
}

/// How a conflict is to be settled.
public struct HubDecision: Sendable, Hashable {
    /// In whose replica; nil: in the first one that knows of it.
    public var office: String?
    /// What is to stand.
    public var choice: ConflictResolution.Choice

    /// A decision.
    public init(office: String? = nil, choice: ConflictResolution.Choice) {
        self.office = office
        self.choice = choice
    }
}
