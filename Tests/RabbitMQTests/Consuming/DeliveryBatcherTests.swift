import Testing

@testable import RabbitMQ

struct DeliveryBatcherTests {
    private let start = ContinuousClock.now

    /// Deliveries by the letter that their routing key is; `R` ones are redelivered.
    private func deliveries(_ keys: String) -> [Delivery] {
        keys.map { Delivery(exchange: "", routingKey: "\($0)", redelivered: $0 == "R", message: Message(body: [])) }
    }

    private func batches(_ batcher: inout DeliveryBatcher, at now: ContinuousClock.Instant) -> [String] {
        var batches: [String] = []
        while let batch = batcher.next(at: now) { batches.append(batch.map(\.routingKey).joined()) }
        return batches
    }

    @Test(arguments: [
        ("abc", ["abc"]), ("abcdef", ["abcd", "ef"]), ("", []),
        ("Rab", ["R", "ab"]), ("RRab", ["R", "R", "ab"]), ("abRcd", ["ab", "R", "cd"]),
    ])
    func immediateTakesWhatIsThere(arrived: String, expected: [String]) {
        var batcher = DeliveryBatcher(batching: .immediate(limit: 4), isolateRedelivered: true)
        batcher.add(deliveries(arrived), at: start)
        #expect(batches(&batcher, at: start) == expected)
        #expect(batcher.deadline == nil)
    }

    @Test(arguments: [("abc", ""), ("abcd", "abcd"), ("abcdef", "abcd"), ("abR", "ab"), ("Rabcd", ""), ("", "")])
    func onlyAFullOneIsTakenWhereItMayGrow(arrived: String, expected: String) {
        var batcher = DeliveryBatcher(batching: .immediate(limit: 4), isolateRedelivered: true)
        batcher.add(deliveries(arrived), at: start)
        #expect(batcher.next(at: start, onlyFull: true)?.map(\.routingKey).joined() ?? "" == expected)
    }

    @Test
    func whatMayGrowDoesNotEndForItsTime() {
        var batcher = DeliveryBatcher(batching: .collect(count: 3, within: .seconds(5)), isolateRedelivered: true)
        batcher.add(deliveries("ab"), at: start)
        #expect(batcher.next(at: start + .seconds(9), onlyFull: true) == nil)
        #expect(batcher.next(at: start + .seconds(9))?.count == 2)
    }

    @Test
    func redeliveredOnesStayInBatchesWhereNobodyAskedOtherwise() {
        var batcher = DeliveryBatcher(batching: .immediate(limit: 4), isolateRedelivered: false)
        batcher.add(deliveries("aRRb"), at: start)
        #expect(batches(&batcher, at: start) == ["aRRb"])
    }

    @Test(arguments: [("RRRab", ["RRRa", "b"]), ("RaRb", ["Ra", "R", "b"]), ("aRRb", ["a", "R", "R", "b"])])
    func trustedOnesStayInBatchesUntilSomethingElseComes(arrived: String, expected: [String]) {
        var batcher = DeliveryBatcher(
            batching: .immediate(limit: 4), isolateRedelivered: true, trustsRedelivered: true)
        batcher.add(deliveries(arrived), at: start)
        #expect(batches(&batcher, at: start) == expected)
    }

    /// `1` to `9` are redelivered, and have come back so often.
    @Test(arguments: [("111a", ["111a"]), ("1121", ["11", "2", "1"]), ("23", ["2", "3"]), ("R1", ["R", "1"])])
    func onesThatCameBackOnceStayTogetherWhereCareAllowsIt(arrived: String, expected: [String]) {
        var batcher = DeliveryBatcher(
            batching: .immediate(limit: 4), isolateRedelivered: true, joinsUnsuspicious: true)
        batcher.add(
            arrived.map { letter in
                var message = Message(body: [])
                message.properties.headers["x-delivery-count"] = Int64(String(letter)).map { .int($0) }
                return Delivery(
                    exchange: "", routingKey: "\(letter)", redelivered: letter != "a", message: message)
            }, at: start)
        #expect(batches(&batcher, at: start) == expected)
    }

    @Test
    func collectWaitsForTheCount() {
        var batcher = DeliveryBatcher(batching: .collect(count: 3, within: .seconds(5)), isolateRedelivered: true)
        batcher.add(deliveries("ab"), at: start)
        #expect(batches(&batcher, at: start) == [])
        batcher.add(deliveries("cd"), at: start + .seconds(1))
        #expect(batches(&batcher, at: start + .seconds(1)) == ["abc"])
        #expect(batcher.deadline == start + .seconds(6), "counted from the first one of the next batch")
    }

    @Test
    func collectGivesUpWaitingAfterItsTime() {
        var batcher = DeliveryBatcher(batching: .collect(count: 3, within: .seconds(5)), isolateRedelivered: true)
        batcher.add(deliveries("a"), at: start)
        #expect(batcher.deadline == start + .seconds(5))
        #expect(batches(&batcher, at: start + .seconds(4)) == [])
        #expect(batches(&batcher, at: start + .seconds(5)) == ["a"])
    }

    @Test
    func aRedeliveredOneDoesNotWait() {
        var batcher = DeliveryBatcher(batching: .collect(count: 9, within: .seconds(5)), isolateRedelivered: true)
        batcher.add(deliveries("aRb"), at: start)
        #expect(batches(&batcher, at: start) == ["a", "R"])
    }
}
