import RabbitMQ
import Testing

@testable import LockstepRabbitMQ

struct LegLengthTests {
    private static func deliveries(_ count: Int, bytes: Int = 10) -> [Delivery] {
        let message = Message(body: [UInt8](repeating: 0, count: bytes))
        return (0..<count).map { _ in Delivery(exchange: "", routingKey: "q", message: message) }
    }

    @Test func whereNothingIsDoneMoreIsTakenEachTime() {
        var length = LegLength()
        var taken: [Int] = []
        for _ in 0..<8 {
            taken.append(length.next)
            length.note(Self.deliveries(length.next), settled: 0)
        }
        #expect(taken == [30, 60, 120, 240, 480, 960, 1_920, 2_000])
    }

    @Test func whereMuchIsDoneLessIs() {
        var length = LegLength(first: 1_000)
        length.note(Self.deliveries(1_000), settled: 16)
        #expect(length.next == 500)
        for _ in 0..<10 { length.note(Self.deliveries(10), settled: 30) }
        #expect(length.next == 30)
    }

    @Test func largeBodiesAreNotTakenByTheThousand() {
        var length = LegLength(first: 500)
        length.note(Self.deliveries(4, bytes: 1 << 20), settled: 0)
        #expect(length.next == 16)
    }
}
