import LockstepPostgres
import Testing

struct ReconnectPaceTests {
    @Test func doublesUpToTheLongestWait() {
        var pace = ReconnectPace()
        #expect(pace.notBefore == nil)
        let now = ContinuousClock.now
        var waits: [Duration] = []
        for _ in 0..<100 {
            pace.failed(at: now)
            waits.append(now.duration(to: pace.notBefore ?? now))
        }
        #expect(waits.prefix(4) == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
        #expect(waits.last == .seconds(5))
        pace.succeeded()
        #expect(pace.notBefore == nil)
    }
}
