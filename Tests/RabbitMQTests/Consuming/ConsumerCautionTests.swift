import Testing

@testable import RabbitMQ

struct ConsumerCautionTests {
    private let options = ConsumerOptions(prefetch: 50)

    @Test func aProcessBeginsCarefullyUntilThereIsNothingSuspicious() {
        var caution = ConsumerCaution(isolates: true)
        #expect(caution.isProbing && caution.options(options).prefetch == 1)
        caution.foundNothing()
        #expect(!caution.isProbing && caution.options(options) == options)
    }

    @Test func whoWentOnHandlingTrustsWhatItHadInHand() {
        var caution = ConsumerCaution(isolates: true)
        caution.foundNothing()
        caution.lost(hasHandled: true)
        #expect(!caution.isProbing && caution.options(options) == options.trusting)
        caution.lost(hasHandled: true)
        #expect(caution.options(options) == options.trusting, "and so on, however often")
    }

    @Test func whoHandledNothingBeforeTheLossIsCareful() {
        var caution = ConsumerCaution(isolates: true)
        caution.foundNothing()
        caution.lost(hasHandled: true)
        caution.lost(hasHandled: false)
        #expect(caution.isProbing && caution.options(options).prefetch == 1)
    }

    @Test func whoWasStillCarefulStaysSo() {
        var caution = ConsumerCaution(isolates: true)
        caution.lost(hasHandled: true)
        #expect(caution.isProbing, "what comes next has perhaps crashed a process that is no more")
    }

    @Test func whoIsNeverCarefulIsNotNow() {
        var caution = ConsumerCaution(isolates: false)
        caution.lost(hasHandled: false)
        #expect(!caution.isProbing && caution.options(options) == options)
    }
}
