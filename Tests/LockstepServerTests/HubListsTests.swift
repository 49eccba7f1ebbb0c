import Lockstep
import LockstepServer
import Synchronization
import Testing

/// The ledger's lists over HTTP.
@Suite("The ledger's lists over HTTP", .timeLimit(.minutes(1)))
struct HubListsTests {
    @Test func whatIsAskedForIsAskedOfTheLedger() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            let all =
                "office=ward-3&state=dead&subject=permit%2F1&since=2026-01-31T00:00:00Z&until=2026-02-01T00:00:00Z"
            for (query, status) in [
                (all, 200), ("", 200), ("state=lost", 400), ("since=yesterday", 400), ("office=a%20b", 400),
                ("office=ward-4", 404), ("subject=", 400), ("state=dead&state=dead", 400), ("about=permit", 400),
            ] {
                let answer = try await hub.send("GET", "/v1/deliveries?\(query)", as: .read)
                #expect(answer.status == status, "\(query): \(answer.text)")
            }
            let events = try await hub.send("GET", "/v1/events?subject=permit%2F1", as: .read)
            #expect(events.status == 200)
            #expect(try await hub.send("GET", "/v1/events", as: .publish).status == 403)
        }
        let subject = try Subject("permit/1")
        let asked = DeliveryQuestion(
            events: EventQuestion(
                subject: subject, since: Timestamp(rfc3339: "2026-01-31T00:00:00Z"),
                until: Timestamp(rfc3339: "2026-02-01T00:00:00Z")), office: try OfficeName("ward-3"), word: .dead)
        #expect(
            backend.asked == [asked, DeliveryQuestion(), DeliveryQuestion(events: EventQuestion(subject: subject))])
    }

    @Test func aListGoesOnAfterThePlaceOfItsLastItem() async throws {
        try await withHub(ModelBackend()) { hub in
            var places: [String] = []
            var next: String? = ""
            while let after = next {
                let cursor = after.isEmpty ? "" : "&after=\(after)"
                let answer = try await hub.send("GET", "/v1/deliveries?limit=2\(cursor)", as: .read)
                let items = answer.object?["items"] as? [[String: Any]] ?? []
                places += items.compactMap { $0["place"] as? String }
                next = answer.object?["next"] as? String
            }
            #expect(places == ["1", "2", "3"])
        }
    }

    @Test func anOutboxIsAskedForByWhoseItIsAndHowItsEventsStand() async throws {
        let backend = ModelBackend()
        try await withHub(backend) { hub in
            for (query, status) in [
                ("", 200), ("outbox=core&state=refused", 200), ("state=sent", 400), ("outbox=ward-3", 400),
                ("limit=0", 400),
            ] {
                let answer = try await hub.send("GET", "/v1/outbox?\(query)", as: .read)
                #expect(answer.status == status, "\(query): \(answer.text)")
            }
            #expect(try await hub.send("GET", "/v1/outbox", as: .publish).status == 403)
        }
        #expect(
            backend.outboxes.withLock { $0 } == [HubOutboxQuestion(), HubOutboxQuestion(box: .core, state: .refused)])
    }
}
