import Testing

@testable import LockstepServer

/// How many requests somebody may make.
struct TokenBucketTests {
    @Test func aBurstIsAllowedAndThenTheRate() {
        var bucket = TokenBucket(rate: 2, size: 3, at: .zero)
        #expect((0..<3).allSatisfy { _ in bucket.take(at: .zero) == nil })
        #expect(bucket.take(at: .zero) == .milliseconds(500))
        #expect(bucket.take(at: .milliseconds(500)) == nil)
        #expect(bucket.take(at: .milliseconds(600)) == .milliseconds(400))
    }

    @Test func itHoldsNoMoreThanItsSizeHoweverLongNobodyCame() {
        var bucket = TokenBucket(rate: 100, size: 2, at: .zero)
        #expect(bucket.take(at: .seconds(3_600)) == nil)
        #expect(bucket.take(at: .seconds(3_600)) == nil)
        #expect(bucket.take(at: .seconds(3_600)) != nil)
    }

    @Test func aClockThatGoesBackGivesNothing() {
        var bucket = TokenBucket(rate: 1, size: 1, at: .seconds(10))
        #expect(bucket.take(at: .seconds(10)) == nil)
        #expect(bucket.take(at: .seconds(5)) != nil)
    }

    @Test func callersDoNotTakeFromEachOther() {
        let limiter = RateLimiter(rate: 1, burst: 1)
        let now = ContinuousClock.now
        #expect(limiter.take("a", at: now) == nil)
        #expect(limiter.take("a", at: now) != nil)
        #expect(limiter.take("b", at: now) == nil)
    }

    @Test func anyNumberOfCallersIsForgottenAgain() {
        let limiter = RateLimiter(rate: 1, burst: 1)
        let now = ContinuousClock.now
        for caller in 0..<20_000 { #expect(limiter.take("\(caller)", at: now) == nil) }
    }
}
