import Lockstep
import LockstepServer
import Synchronization

/// A ledger of three deliveries, and an archive of nothing.
extension ModelBackend {
    func events(_ question: EventQuestion, _ range: HubRange) async throws -> HubPage {
        questions.withLock { $0.append(DeliveryQuestion(events: question)) }
        return try HubPage([Event()])
    }

    func deliveries(_ question: DeliveryQuestion, _ range: HubRange) async throws -> HubPage {
        if let office = question.office { try Self.check(office.text) }
        questions.withLock { $0.append(question) }
        let first = (range.after.flatMap { Int($0) } ?? 0) + 1
        let all = (1...3).filter { $0 >= first }.map { Delivery(place: "\($0)") }
        return try HubPage(Array(all.prefix(range.limit + 1)), range, place: \.place)
    }

    func replayEvents(
        _ selection: PastEventSelection, rate: Int, isRehearsal: Bool, to office: String, _ deed: HubDeed
    ) async throws -> HubDocument {
        try Self.check(office)
        replays.withLock { $0.append((selection, rate: isRehearsal ? 0 : rate)) }
        deeds.withLock { $0.append(deed) }
        return HubDocument(json: #"{"office":"a","looked":1,"sent":1,"unreadable":0,"dryRun":\#(isRehearsal)}"#)
    }

    func migrateTopology(of office: String?, _ deed: HubDeed) async throws -> HubDocument {
        if let office { try Self.check(office) }
        deeds.withLock { $0.append(deed) }
        return HubDocument(json: #"{"queues":[{"queue":"lockstep.office.a","done":"migrated"}]}"#)
    }

    private struct Event: Encodable {
        let event = "e", subject = "permit/1", version = "v", source = "core", type = "permit.issued", scope = "ward-3"
        let published = "then", publication = "confirmed", heard = "then", held = 1, waiting = 0, dead = 0, place = "1"
    }

    private struct Delivery: Encodable {
        let office = "ward-3", state = "waiting", event = "e", subject = "permit/1", version = "v"
        let type = "permit.issued", attempts = 2, since = "then", until = "soon", reason = "down", published = "then",
            heard = "then"
        let delayMilliseconds = 12
        let place: String
    }
}
