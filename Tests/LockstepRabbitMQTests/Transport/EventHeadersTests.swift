import Lockstep
import RabbitMQ
import Testing

@testable import LockstepRabbitMQ

struct EventHeadersTests {
    private static func read(_ message: Message) throws -> Event {
        try EventHeaders.event(from: Delivery(exchange: "lockstep.events", routingKey: "a", message: message))
    }

    /// A message in binary mode as a stranger would write it.
    private static func binary(
        prefix: String = "cloudEvents_",
        changing changes: [String: FieldValue?] = [:],
        body: String = #"{"status":"Issued"}"#,
        _ properties: MessageProperties = MessageProperties(contentType: "application/json")
    ) -> Message {
        var headers: [String: FieldValue] = [
            "specversion": "1.0", "id": "1", "source": "https://city.example", "type": "permit.issued",
            "subject": "permit/1", "time": "2024-04-01T08:30:00Z",
        ]
        for (name, value) in changes { headers[name] = value }
        var properties = properties
        properties.headers = FieldTable(headers.map { (prefix + $0.key, $0.value) })
        return Message(body: Array(body.utf8), properties: properties)
    }

    @Test func whatIsWrittenIsReadBackTheSame() throws {
        var event = try sampleEvent()
        event.seen = try Seen("ward-3=0190c5a2b3c40001")
        event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        event.extensions = ["tenant": "burlington"]
        #expect(try Self.read(EventHeaders.message(for: event)) == event)
    }

    @Test func aDeleteHasNoBodyAndIsReadBackTheSame() throws {
        var event = try sampleEvent()
        event.operation = .delete
        event.data = [:]
        let message = EventHeaders.message(for: event)
        #expect(message.body.isEmpty)
        #expect(try Self.read(message) == event)
    }

    @Test func noOwnHeaderBeginsLikeTheBrokers() throws {
        let message = EventHeaders.message(for: try sampleEvent())
        #expect(!message.properties.headers.contains { $0.0.hasPrefix("x-") })
        #expect(message.properties.deliveryMode == .persistent)
    }

    @Test(arguments: ["cloudEvents_", "cloudEvents:", "ce-"])
    func everyPrefixIsUnderstood(_ prefix: String) throws {
        let event = try Self.read(Self.binary(prefix: prefix))
        #expect(event.subject.text == "permit/1")
        #expect(event.version.origin.text == "https://city.example")
    }

    @Test(arguments: [
        "application/cloudevents+json", "application/cloudevents+json; charset=utf-8", "Application/CloudEvents+JSON",
    ])
    func structuredModeIsUnderstood(_ type: String) throws {
        let json = #"""
            {"specversion":"1.0","id":"1","source":"x","type":"permit.issued","subject":"permit/1",
             "time":"2024-04-01T08:30:00Z","data":{"status":"Issued"}}
            """#
        let message = Message(body: Array(json.utf8), properties: MessageProperties(contentType: type))
        #expect(try Self.read(message).data.text == #"{"status":"Issued"}"#)
    }

    @Test func plainPropertiesStandInForMissingAttributes() throws {
        let properties = MessageProperties(
            contentType: "application/json", messageID: "m-1", timestamp: 1_711_960_200, type: "permit.issued",
            appID: "core")
        let event = try Self.read(
            Self.binary(
                changing: ["id": nil, "type": nil, "source": nil, "time": nil], properties))
        #expect(event.id.text == "m-1")
        #expect(event.source.text == "core")
        #expect(event.time.rfc3339 == "2024-04-01T08:30:00Z")
    }

    @Test(arguments: [
        (binary(changing: ["specversion": nil]), "specversion"),
        (binary(changing: ["specversion": "0.3"]), "specversion"),
        (binary(changing: ["subject": nil]), "'subject' is missing"),
        (binary(changing: ["id": nil]), "'id' is missing"),
        (binary(changing: ["subject": .bytes([0xFF])]), "not text"),
        (binary(changing: ["subject": .table(["a": 1])]), "not text"),
        (binary(changing: ["time": "soon"]), "RFC 3339"),
        (binary(changing: ["time": nil]), "needed to order"),
        (binary(changing: ["operation": "upsert"]), "operation"),
        (binary(body: ""), "empty"),
        (binary(body: "[]"), "JSON object"),
        (binary(body: "\u{0}"), "JSON object"),
        (binary(MessageProperties(contentType: "text/xml")), "application/json"),
        (binary(MessageProperties(contentType: "application/json", contentEncoding: "gzip")), "encoding"),
        (
            Message(
                body: Array("[]".utf8), properties: MessageProperties(contentType: "application/cloudevents-batch+json")
            ), "one event"
        ),
        (Message(body: Array("{}".utf8)), "specversion"),
        (Message(body: []), "specversion"),
    ])
    func garbageIsRefusedWithItsReason(_ message: Message, _ reason: String) {
        let error = #expect(throws: LockstepError.self) { try Self.read(message) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func contradictingHeadersAreRefused() {
        var message = Self.binary()
        message.properties.headers["ce-subject"] = "permit/2"
        #expect(throws: LockstepError.self) { try Self.read(message) }
    }

    @Test func whatTheClientCouldNotReadWholeIsRefused() {
        let message = Self.binary()
        for delivery in [
            Delivery(exchange: "", routingKey: "", message: message, headersWereTruncated: true),
            Delivery(exchange: "", routingKey: "", message: message, bodyWasTooLarge: true),
        ] {
            #expect(throws: LockstepError.self) { try EventHeaders.event(from: delivery) }
        }
    }
}
