import Testing

@testable import RabbitMQ

/// What is refused before anything is sent.
struct PublicationChecksTests {
    private func code(_ publication: Publication) -> RabbitMQError.Code? {
        do {
            try publication.check(maximumBodySize: 10)
            return nil
        } catch let error as RabbitMQError {
            return error.code
        } catch {
            return nil
        }
    }

    private static let long = String(repeating: "ü", count: 128)
    private static let nestedLong: FieldTable = ["a": .table(["b": .array([.table(FieldTable([(long, .int(1))]))])])]

    @Test
    func takesWhatFits() {
        let key = String(repeating: "k", count: 255)
        let message = Message(body: [UInt8](repeating: 0, count: 10), properties: .init(headers: ["a": ["b": 1]]))
        #expect(code(Publication(message, to: "e", routingKey: key)) == nil)
    }

    @Test(arguments: [
        (Publication(Message(body: []), to: long, routingKey: ""), RabbitMQError.Code.invalidName),
        (Publication(Message(body: []), to: "", routingKey: long), .invalidName),
        (Publication(Message(body: [], properties: .init(contentType: long)), to: "", routingKey: ""), .invalidName),
        (Publication(Message(body: [], properties: .init(messageID: long)), to: "", routingKey: ""), .invalidName),
        (Publication(Message(body: [], properties: .init(headers: nestedLong)), to: "", routingKey: ""), .invalidName),
        (Publication(Message(body: [UInt8](repeating: 0, count: 11)), to: "", routingKey: ""), .messageTooLarge),
    ])
    func refusesWhatDoesNot(publication: Publication, expected: RabbitMQError.Code) {
        #expect(code(publication) == expected)
    }
}
