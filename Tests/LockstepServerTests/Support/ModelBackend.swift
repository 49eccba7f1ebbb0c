import HTTPTypes
import Lockstep
import LockstepServer
import Synchronization

/// A hub's backend in memory: two offices, a few dead letters and conflicts, and tokens of every role.
final class ModelBackend: HubBackend {
    /// A token of each role, by the secret.
    static let tokens: [String: HubCaller] = {
        var tokens: [String: HubCaller] = [:]
        for role in AccessRole.allCases {
            let origin: Origin? = role == .publish ? try? Origin("core") : nil
            tokens["secret-\(role.rawValue)"] = HubCaller(name: role.rawValue, role: role, origin: origin)
        }
        return tokens
    }()

    private let isOpen: Bool
    private let accepted = Mutex<[String: EventDraft]>([:])
    private let choices = Mutex<[(DeadLetterSelection, rate: Int)]>([])
    let deeds = Mutex<[HubDeed]>([])
    /// Which past events were sent again, and how fast; 0: they were only counted.
    let replays = Mutex<[(PastEventSelection, rate: Int)]>([])
    let questions = Mutex<[DeliveryQuestion]>([])
    /// What was asked of outboxes.
    let outboxes = Mutex<[HubOutboxQuestion]>([])
    /// What is done before events are taken in: waits, or fails.
    let beforeAccepting: @Sendable () async throws -> Void
    /// What is not ready.
    let missing: [ReadinessPart]

    /// - Parameter isOpen: Whether nobody needs a token.
    init(
        isOpen: Bool = false, missing: [ReadinessPart] = [ReadinessPart("outbox")],
        beforeAccepting: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.isOpen = isOpen
        self.missing = missing
        self.beforeAccepting = beforeAccepting
    }

    /// The ids of what was taken in.
    var ids: Set<String> { Set(accepted.withLock { $0.keys }) }
    /// The events that were taken in.
    var events: [String: EventDraft] { accepted.withLock { $0 } }
    /// Which dead letters were sent again, and how fast; 0: they were thrown away.
    var chosen: [(DeadLetterSelection, rate: Int)] { choices.withLock { $0 } }
    /// What was asked of the ledger.
    var asked: [DeliveryQuestion] { questions.withLock { $0 } }
    /// What operators did.
    var done: [HubDeed] { deeds.withLock { $0 } }

    func access(bearing token: String?) async throws -> HubAccess {
        guard let token else {
            return isOpen ? .granted(HubCaller(name: "tester", role: nil)) : .refused("This needs a token.")
        }
        return Self.tokens[token].map { .granted($0) } ?? .refused("The token is not known.")
    }

    func accept(_ events: [EventDraft], from caller: HubCaller) async throws -> [AcceptedEvent] {
        try await beforeAccepting()
        for event in events { try event.check(largest: 1 << 20) }
        return try accepted.withLock { accepted in
            try events.map { event in
                guard let id = event.id?.text else { throw HubProblem(.badRequest, "The id is missing.") }
                let isRepeated = accepted.updateValue(event, forKey: id) != nil
                return AcceptedEvent(
                    id: id, source: caller.origin?.text ?? event.source?.text ?? "core", recordversion: "v",
                    repeated: isRepeated)
            }
        }
    }

    func event(_ id: String) async throws -> HubDocument {
        guard ids.contains(try EventID(id).text) else { throw Self.nothing }
        return HubDocument(json: #"{"hub":[{"source":"core","recordversion":"v","accepted":"now"}],"ledger":null}"#)
    }

    func record(_ subject: String) async throws -> HubDocument {
        guard try Subject(subject).text.hasPrefix("permit/") else { throw Self.nothing }
        return HubDocument(
            json:
                #"{"subject":"permit/1","events":[{"event":"e"}],"offices":[{"office":"a","state":"applied","hasIt":true}]}"#
        )
    }

    func offices() async throws -> HubPage { try HubPage([Office()]) }

    func office(_ name: String) async throws -> HubDocument {
        try Self.check(name)
        return HubDocument(json: #"{"queue":\#(try HubDocument(Office()).json),"replica":{"records":1}}"#)
    }

    func deadLetters(of office: String, _ range: HubRange) async throws -> HubPage {
        try Self.check(office)
        return try await range.page { skipped, limit in
            (min(skipped, 120)..<min(skipped + limit, 120)).map { DeadLetter(id: "letter-\($0)") }
        }
    }

    func deadLetter(_ id: String, of office: String) async throws -> HubDocument {
        try Self.check(office)
        guard id.hasPrefix("letter-") else { throw Self.nothing }
        return HubDocument(
            json:
                #"{"letter":\#(try HubDocument(DeadLetter(id: id)).json),"headers":{"a":"b"},"body":"{}","bodyBase64":null}"#
        )
    }

    func replayDeadLetters(
        _ selection: DeadLetterSelection, rate: Int, of office: String, _ deed: HubDeed
    ) async throws -> HubDocument {
        try Self.check(office)
        choices.withLock { $0.append((selection, rate)) }
        deeds.withLock { $0.append(deed) }
        return HubDocument(json: #"{"office":"a","count":1,"done":"replayed"}"#)
    }

    func discardDeadLetters(
        _ selection: DeadLetterSelection, of office: String, _ deed: HubDeed
    ) async throws -> HubDocument {
        try await replayDeadLetters(selection, rate: 0, of: office, deed)
    }

    func deadLetterCauses(of office: String) async throws -> HubPage {
        try Self.check(office)
        return try HubPage([String]())
    }

    func editDeadLetter(
        _ id: String, of office: String, _ change: HubRepair, _ deed: HubDeed
    ) async throws -> HubDocument {
        try Self.check(office)
        guard id.hasPrefix("letter-") else { throw Self.nothing }
        deeds.withLock { $0.append(deed) }
        return HubDocument(
            json:
                #"{"office":"a","id":"letter-1","way":"repaired","event":null,"differences":[{"name":"time","before":null,"#
                + #""after":"x"}],"outcome":"applied","reason":null,"adapter":"would-apply","adapterReason":null,"#
                + #""dryRun":true}"#
        )
    }

    func subscriptions() async throws -> HubPage { try HubPage([String]()) }

    func subscription(_ name: String) async throws -> HubDocument {
        try Self.check(name)
        return HubDocument(
            json: #"{"subscription":{"office":"a","kind":"made","events":["a.#"],"delivery":"worker","paused":false}}"#)
    }

    func createSubscription(_ name: String, _ settings: JSONObject, _ deed: HubDeed) async throws -> HubDocument {
        guard try OfficeName(name).text != "ward-3" else {
            throw LockstepError(.alreadyExists, "There is such an office already.")
        }
        return Self.done
    }

    func changeSubscription(
        _ name: String, _ patch: JSONObject, revision: Int?, _ deed: HubDeed
    ) async throws -> HubDocument {
        try Self.check(name)
        guard revision == nil else { throw LockstepError(.refused, "It was changed meanwhile.") }
        return Self.done
    }

    func deleteSubscription(_ name: String, movesQueued: Bool, _ deed: HubDeed) async throws -> HubDocument {
        try Self.check(name)
        deeds.withLock { $0.append(deed) }
        return Self.done
    }

    func pauseSubscription(_ name: String, _ pauses: Bool, _ deed: HubDeed) async throws -> HubDocument {
        try Self.check(name)
        deeds.withLock { $0.append(deed) }
        return Self.done
    }

    private static let done = HubDocument(json: #"{"office":"a","done":"changed","note":"","deadLetters":0}"#)

    func conflicts(_ question: HubConflictQuestion, _ range: HubRange) async throws -> HubPage {
        if let office = question.office { try Self.check(office) }
        return try HubPage([String]())
    }

    func resolveConflict(_ id: String, _ decision: HubDecision, _ deed: HubDeed) async throws -> HubDocument {
        _ = try ConflictResolution(id, decision.choice, reason: deed.reason, person: deed.person)
        guard id == "known" else { throw Self.nothing }
        deeds.withLock { $0.append(deed) }
        return HubDocument(
            json: #"{"id":"e","type":"t","subject":"s","version":"v","routingKey":"t","office":"a"}"#)
    }

    func report(about subject: String?, limit: Int) async throws -> HubDocument {
        if let subject { _ = try Subject(subject) }
        return HubDocument(json: "{}")
    }

    func outbox(_ question: HubOutboxQuestion, _ range: HubRange) async throws -> HubPage {
        outboxes.withLock { $0.append(question) }
        let item = [
            "state": question.state.rawValue, "event": nil, "subject": "permit/1", "type": "permit.issued",
            "scope": nil,
            "since": nil, "reason": nil, "place": "7",
        ]
        return try HubPage([range.after == nil ? item : nil].compactMap(\.self), next: range.after == nil ? "7" : nil)
    }

    func overview() async throws -> HubOverview {
        HubOverview(
            tables: [
                HubOverview.Table(
                    "Offices", columns: ["Of\"fice"], rows: [["<script>alert('ward')</script>"]], ifEmpty: "None.",
                    urgent: [0])
            ], notes: ["a & b"], at: "now")
    }

    func readiness() async -> [ReadinessPart] { missing }
    func metrics() async -> (text: String, mediaType: String) { ("a 1\n", "text/plain; version=0.0.4") }

    static func check(_ office: String) throws {
        guard ["ward-1", "ward-3"].contains(try OfficeName(office).text) else { throw nothing }
    }

    private static var nothing: LockstepError { LockstepError(.notFound, "there is nothing of that name") }

    private struct Office: Encodable {
        let office = "ward-3", ready = 0, dead = 1, consumers = 1, rateIn = 0.5, rateOut = 0.0
        let unacknowledged: Int? = nil
        enum CodingKeys: String, CodingKey {
            case office, ready, dead, consumers, rateIn, rateOut, unacknowledged, waiting
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(office, forKey: .office)
            try container.encode(ready, forKey: .ready)
            try container.encode(dead, forKey: .dead)
            try container.encode(consumers, forKey: .consumers)
            try container.encode(rateIn, forKey: .rateIn)
            try container.encode(rateOut, forKey: .rateOut)
            try container.encodeNil(forKey: .unacknowledged)
            try container.encodeNil(forKey: .waiting)
        }
    }

    struct DeadLetter: Encodable, Sendable {
        let id: String
        let attempts = 3, errorClass = "refused", error = "no", size = 2
        let type = "permit.issued", subject = "permit/1", firstFailedAt = "now"
    }
}
