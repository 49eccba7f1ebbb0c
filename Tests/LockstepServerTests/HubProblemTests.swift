import HTTPTypes
import Lockstep
import LockstepServer
import Testing

/// What errors of the domain mean to a caller.
@Suite("The hub's problems")
struct HubProblemTests {
    @Test(
        "a store that is away, full or broken is no failure that nobody has thought of",
        arguments: [
            (LockstepError.Code.storeUnavailable, 503, true), (.storeFull, 503, true), (.brokerUnavailable, 503, true),
            (.storeCorrupt, 503, false), (.storeTooNew, 503, false), (.storeFailed, 503, false), (.clock, 503, false),
            (.notFound, 404, false), (.refused, 409, false), (.invalidName, 400, false), (.eventTooLarge, 413, false),
        ])
    func status(code: LockstepError.Code, status: Int, passes: Bool) throws {
        let problem = try #require(HubProblem(LockstepError(code, "the file '/var/lib/lockstep/x' is odd")))
        #expect(problem.status.code == status)
        // Only what passes by itself is worth asking again.
        #expect((problem.retryAfter != nil) == passes)
        let isInside = status == 503 && !passes
        #expect(problem.detail.contains("/var/lib") == !isInside)
        #expect(!isInside || problem.detail.contains("the hub's log") || problem.detail.contains("its log"))
    }
}
