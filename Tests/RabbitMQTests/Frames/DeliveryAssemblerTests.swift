import LockstepTesting
import Testing

@testable import RabbitMQ

struct DeliveryAssemblerTests {
    private let deliver = DeliveryAssembler.Start.deliver(
        Method.Deliver(tag: 7, redelivered: true, exchange: "e", routingKey: "k"))

    private func header(_ size: UInt64, id: String? = nil) -> ContentHeader {
        ContentHeader(bodySize: size, properties: PropertiesBox(MessageProperties(messageID: id)))
    }

    private func delivery(_ assembled: DeliveryAssembler.Assembled?) -> Delivery? {
        if case .delivery(let delivery) = assembled { delivery } else { nil }
    }

    @Test
    func joinsFragments() throws {
        var assembler = DeliveryAssembler(maximumBodySize: 10)
        try assembler.begin(deliver)
        #expect(try assembler.receive(header(5)) == nil)
        #expect(try assembler.receive([1, 2]) == nil)
        let delivery = try #require(self.delivery(try assembler.receive([3, 4, 5])))
        #expect(delivery.message.body == [1, 2, 3, 4, 5])
        #expect(delivery.deliveryTag == 7)
        #expect(delivery.redelivered)
        #expect(!assembler.isInMessage)
    }

    @Test
    func anEmptyBodyHasNoFragments() throws {
        var assembler = DeliveryAssembler(maximumBodySize: 10)
        try assembler.begin(deliver)
        let delivery = try #require(self.delivery(try assembler.receive(header(0))))
        #expect(delivery.message.body.isEmpty)
    }

    @Test
    func drainsABodyOverTheLimitAndSaysSo() throws {
        var assembler = DeliveryAssembler(maximumBodySize: 4)
        try assembler.begin(deliver)
        _ = try assembler.receive(header(6))
        _ = try assembler.receive([1, 2, 3])
        let large = try #require(self.delivery(try assembler.receive([4, 5, 6])))
        #expect(large.bodyWasTooLarge)
        #expect(large.message.body.isEmpty)

        try assembler.begin(deliver)
        _ = try assembler.receive(header(4))
        let next = try #require(self.delivery(try assembler.receive([1, 2, 3, 4])))
        #expect(!next.bodyWasTooLarge, "the next one is whole again")
        #expect(next.message.body == [1, 2, 3, 4])
    }

    @Test
    func reservesNothingForWhatIsOnlyAnnounced() throws {
        var assembler = DeliveryAssembler(maximumBodySize: .max)
        try assembler.begin(deliver)
        #expect(try assembler.receive(header(.max)) == nil, "an exabyte is believed when it is there")
        #expect(try assembler.receive([1]) == nil)
    }

    @Test
    func aReturnKeepsItsIDAndDropsItsBody() throws {
        var assembler = DeliveryAssembler(maximumBodySize: 10)
        let back = Method.Return(code: 312, reason: "NO_ROUTE", exchange: "e", routingKey: "k")
        try assembler.begin(.returned(back))
        _ = try assembler.receive(header(3, id: "m1"))
        guard case .returned(back, messageID: "m1") = try assembler.receive([1, 2, 3]) else {
            return #expect(Bool(false), "the return is complete")
        }
    }

    /// Frames that no broker should send; none may crash, all end the connection.
    @Test(arguments: [
        "h", "b", "mm", "mb", "mhm", "mhh", "mh6", "mhbm", "mhb6", "mzb", "mzh",
    ])
    func refusesFramesOutOfOrder(script: String) {
        var assembler = DeliveryAssembler(maximumBodySize: 10)
        #expect(throws: RabbitMQError.self) {
            for frame in script {
                switch frame {
                case "m": try assembler.begin(deliver)
                case "h": _ = try assembler.receive(header(5))
                case "z": _ = try assembler.receive(header(0))
                case "6": _ = try assembler.receive([UInt8](repeating: 0, count: 6))
                default: _ = try assembler.receive([UInt8](repeating: 0, count: 2))
                }
            }
        }
    }

    /// Whatever comes: no crash, no message that was not announced, no byte too many.
    @Test
    func survivesRandomFrames() throws {
        try forEachSeed(2_000) { _, generator in
            var assembler = DeliveryAssembler(maximumBodySize: 8)
            var announced = 0
            for _ in 0..<50 {
                var assembled: DeliveryAssembler.Assembled?
                do {
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: try assembler.begin(deliver)
                    case 1:
                        announced = Int.random(in: 0...12, using: &generator)
                        assembled = try assembler.receive(header(UInt64(announced)))
                    default:
                        let count = Int.random(in: 0...6, using: &generator)
                        assembled = try assembler.receive([UInt8](repeating: 1, count: count))
                    }
                } catch {
                    // The connection would be thrown away, and the assembler with it.
                    assembler = DeliveryAssembler(maximumBodySize: 8)
                    continue
                }
                if let delivery = delivery(assembled) {
                    try #require(delivery.bodyWasTooLarge == (announced > 8))
                    try #require(delivery.message.body.count == (announced > 8 ? 0 : announced))
                }
            }
        }
    }
}
