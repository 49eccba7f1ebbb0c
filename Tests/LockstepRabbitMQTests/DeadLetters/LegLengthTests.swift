import RabbitMQ
import Testing

@testable import LockstepRabbitMQ

struct LegLengthTests {
    private static func deliveries(_ count: Int, bytes: Int = 10) -> [Delivery] {
        let message = Message(body: [UInt8](repeating: 0, count: bytes))
        return (0..<count).map { _ in Delivery(exchange: "", routingKey: "q", message: message) }
    }

    @Test func moreAreTakenEachTimeUpToWhatKeepsItsOrder() {
        var length = LegLength(first: 4)
        var taken: [Int] = []
        for _ in 0..<5 {
            taken.append(length.next)
            length.note(Self.deliveries(length.next))
        }
        #expect(taken == [4, 8, 16, 30, 30])
    }

    @Test func largeBodiesAreNotTakenByTheThousand() {
        var length = LegLength(first: 500)
        length.note(Self.deliveries(4, bytes: 1 << 20))
        #expect(length.next == 16)
    }
}
