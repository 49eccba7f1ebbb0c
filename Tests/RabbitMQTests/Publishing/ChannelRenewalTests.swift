import Testing

@testable import RabbitMQ

struct ChannelRenewalTests {
    private let start = ContinuousClock.now
    private var renewal = ChannelRenewal()

    init() { renewal.opened(at: start) }

    @Test
    mutating func aChannelThatConfirmsIsKept() {
        #expect(renewal.next(at: start + .seconds(100), unconfirmed: 0) == .publish)
    }

    @Test
    mutating func aNewChannelIsKeptForAWhileAlthoughItRefuses() {
        renewal.refused(at: start + .milliseconds(999))
        #expect(renewal.next(at: start + .seconds(100), unconfirmed: 0) == .publish)
    }

    @Test
    mutating func aRefusingChannelIsRenewedOnceNothingIsUnderWay() {
        renewal.refused(at: start + .seconds(1))
        #expect(renewal.next(at: start + .seconds(1), unconfirmed: 3) == .hold)
        #expect(renewal.next(at: start + .milliseconds(1_100), unconfirmed: 0) == .renew)
        renewal.opened(at: start + .milliseconds(1_200))
        #expect(renewal.next(at: start + .milliseconds(1_200), unconfirmed: 0) == .publish)
    }

    @Test
    mutating func othersDoNotWaitForAConfirmThatDoesNotCome() {
        renewal.refused(at: start + .seconds(1))
        renewal.refused(at: start + .milliseconds(1_900))
        #expect(renewal.next(at: start + .seconds(2), unconfirmed: 1) == .publish)
        renewal.refused(at: start + .milliseconds(2_500))
        #expect(renewal.next(at: start + .milliseconds(2_500), unconfirmed: 1) == .publish)
        renewal.refused(at: start + .seconds(3))
        #expect(renewal.next(at: start + .seconds(3), unconfirmed: 1) == .hold)
    }

    @Test
    mutating func aMessageThatComesMuchLaterFindsANewChannel() {
        renewal.refused(at: start + .seconds(1))
        #expect(renewal.next(at: start + .seconds(60), unconfirmed: 0) == .renew)
    }
}
