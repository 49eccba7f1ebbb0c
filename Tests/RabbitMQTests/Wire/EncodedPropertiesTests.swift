import LockstepTesting
import Testing

@testable import RabbitMQ

struct EncodedPropertiesTests {
    private static let all = MessageProperties(
        contentType: "application/json", contentEncoding: "gzip",
        headers: ["text": "grün", "number": 7, "table": ["a": 1], "bytes": .bytes([0xFF])], deliveryMode: .transient,
        priority: 3, correlationID: "c", replyTo: "r", expiration: "60000", messageID: "m", timestamp: 1_700_000_000,
        type: "t", userID: "u", appID: "a")

    /// A message as it arrives.
    private static func received(_ properties: MessageProperties) throws -> Message {
        var writer = WireWriter()
        try properties.write(to: &writer)
        return Message(body: [], try PropertiesBox(received: writer.pending))
    }

    @Test(arguments: [all, MessageProperties(), MessageProperties(headers: ["only": true])])
    func everyPropertyComesBackAsItWas(properties: MessageProperties) throws {
        #expect(try Self.received(properties).properties == properties)
    }

    @Test(arguments: [false, true])
    func headersAreReadAsTheyCame(isReceived: Bool) throws {
        let message = isReceived ? try Self.received(Self.all) : Message(body: [], properties: Self.all)
        try message.withEncodedProperties { properties in
            #expect(properties.contentType.map { String(decoding: $0, as: UTF8.self) } == "application/json")
            #expect(properties.contentEncoding.map { String(decoding: $0, as: UTF8.self) } == "gzip")
            var values = FieldTable()
            for header in properties.headers {
                let name = String(decoding: header.name, as: UTF8.self)
                values[name] = header.value
                #expect((header.text != nil) == (name == "text"))
            }
            #expect(values == Self.all.headers)
        }
    }

    @Test
    func aMessageThatIsChangedForgetsHowItCame() throws {
        var message = try Self.received(Self.all)
        message.properties.headers["text"] = "rot"
        try message.withEncodedProperties { properties in
            let text = properties.headers.first { $0.name.elementsEqual("text".utf8) }?.text
            #expect(text.map { String(decoding: $0, as: UTF8.self) } == "rot")
        }
    }

    /// Cut anywhere, properties are refused when they arrive, and nobody reads past their end.
    @Test
    func propertiesThatEndTooEarlyAreRefused() throws {
        var writer = WireWriter()
        try Self.all.write(to: &writer)
        let whole = Array(writer.pending)
        for length in 0..<whole.count {
            #expect(throws: WireReader.Malformed.self) {
                try whole.prefix(length).withUnsafeBytes { _ = try PropertiesBox(received: $0) }
            }
        }
    }
}
