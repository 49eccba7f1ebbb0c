import Testing

@testable import RabbitMQ

struct ConsumerCautionTests {
    private let options = ConsumerOptions(prefetch: 50)

    @Test func aProcessBeginsCarefullyUntilThereIsNothingSuspicious() {
        var caution = ConsumerCaution(isolates: true)
        #expect(caution.window == 1 && caution.options(options).prefetch == 1)
        caution.foundNothing()
        #expect(caution.window == nil && caution.options(options) == options)
    }

    @Test func whoWentOnHandlingTrustsWhatItHadInHand() {
        var caution = ConsumerCaution(isolates: true)
        caution.foundNothing()
        caution.lost(hasHandled: true)
        #expect(caution.window == nil && caution.options(options) == options.trusting)
        caution.lost(hasHandled: true)
        #expect(caution.options(options) == options.trusting, "and so on, however often")
    }

    @Test func whoHandledNothingBeforeTheLossIsCareful() {
        var caution = ConsumerCaution(isolates: true)
        caution.foundNothing()
        caution.lost(hasHandled: true)
        caution.lost(hasHandled: false)
        #expect(caution.window == 1 && caution.options(options).prefetch == 1)
    }

    @Test func whoWasStillCarefulStaysSo() {
        var caution = ConsumerCaution(isolates: true)
        caution.widen()
        caution.lost(hasHandled: true)
        #expect(caution.window == 1, "what comes next has perhaps crashed a process that is no more")
    }

    @Test func whoIsNeverCarefulIsNotNow() {
        var caution = ConsumerCaution(isolates: false)
        caution.lost(hasHandled: false)
        #expect(caution.window == nil && caution.options(options) == options)
    }

    @Test func whatDoesNoHarmMayBeTwiceAsMuch() {
        var caution = ConsumerCaution(isolates: true)
        var windows: [Int] = []
        for _ in 0..<7 {
            let chosen = caution.options(options)
            #expect(Int(chosen.prefetch) == chosen.batching.limit)
            windows.append(chosen.batching.limit)
            caution.widen()
        }
        #expect(windows == [1, 2, 4, 8, 16, 32, 32])
        let few = ConsumerOptions(prefetch: 5, batching: .immediate(limit: 3))
        #expect(caution.options(few).prefetch == 3, "no more than they would be taken without care")
        #expect(ConsumerOptions(prefetch: 0).widestProbe == 32)
    }

    /// A delivery that has come back so often; nil: nobody counts.
    private func delivery(back count: Int?) -> Delivery {
        var message = Message(body: [])
        message.properties.headers["x-delivery-count"] = count.map { .int(Int64($0)) }
        return Delivery(exchange: "", routingKey: "", redelivered: count != 0, message: message)
    }

    @Test(
        arguments: [
            ([0, 0], .endsCare), ([0], .endsCare), ([1, 1], .widens), ([0, 1], .widens), ([1, 2], .goesOn),
            ([nil, nil], .goesOn),
            // More may be on its way.
            ([1], .goesOn),
        ] as [([Int?], ConsumerProbe.Verdict)])
    func aBatchSaysWhetherCareIsNeeded(counts: [Int?], verdict: ConsumerProbe.Verdict) {
        let deliveries = counts.map(delivery(back:))
        #expect(ConsumerProbe(window: 2, widest: 4).verdict(on: deliveries) == verdict)
        let widest = ConsumerProbe(window: 2, widest: 2).verdict(on: deliveries)
        #expect(widest == (verdict == .widens ? .goesOn : verdict))
    }
}
