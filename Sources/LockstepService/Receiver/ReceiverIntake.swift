import Lockstep
import LockstepHTTP
import LockstepSQLite
import LockstepServer
import Logging
import Synchronization

/// What happens to a request that came to an office's receiver, from top to bottom: verify, decode, take in, answer.
///
/// | answer | when |
/// |---|---|
/// | 200 | it is in the replica and the calendar for good, or has been before |
/// | 400 | it is no event |
/// | 401 | its signature or time is wrong |
/// | 415 | it is not one CloudEvents event in JSON, or in binary mode and that is not configured |
/// | 422 | the record is taken in, and the calendar cannot show it; or it is older than what the office takes in |
/// | 503 | the replica cannot be written now; try again |
final class ReceiverIntake: Sendable {
    /// When to try again what the replica could not take, in seconds.
    private static let pause = 5

    private let batch: ReceiverBatch
    private let verifier: WebhookVerifier
    private let allowsBinary: Bool
    private let logger: Logger
    private let clock: WallClock
    private let lastRefusal = Mutex("")
    private let failure = Mutex<LockstepError?>(nil)
    private let hasFailed = Signal()

    init(
        _ replica: SQLiteReplica, verifier: WebhookVerifier, allowsBinary: Bool = false, clock: WallClock = .system,
        logger: Logger
    ) {
        batch = ReceiverBatch(replica)
        self.verifier = verifier
        self.allowsBinary = allowsBinary
        self.clock = clock
        self.logger = logger
    }

    /// Takes a request in; what is answered with 200 is on disk.
    func take(_ post: ReceiverServer.Post) async -> ReceiverServer.Answer {
        let request = WebhookRequest(headers: post.headers, body: post.body)
        let event: Event
        let sent: Timestamp
        do throws(WebhookRejection) {
            sent = try verifier.verify(request, at: clock.now)
            event = try request.event(allowingBinary: allowsBinary)
        } catch {
            note(error)
            return ReceiverServer.Answer(error.status, error.reason)
        }
        let posted: PostedRecord?
        do throws(LockstepError) {
            posted = try PostedRecord(event, sentAt: sent)
        } catch {
            return ReceiverServer.Answer(400, error.message)
        }
        do throws(LockstepError) {
            let acceptance = try await batch.take(ReceiverBatch.Item(event: event, posted: posted))
            CrashPoint.committed.pass()
            if let reason = acceptance.refusal { return ReceiverServer.Answer(422, reason) }
            return ReceiverServer.Answer(200, "\(acceptance.outcome)")
        } catch {
            logger.error("A request could not be taken in", metadata: ["reason": "\(error.message)"])
            if !error.mayPass {
                failure.withLock { $0 = error }
                hasFailed.give()
            }
            return ReceiverServer.Answer(503, "the replica cannot be written now", retryAfter: Self.pause)
        }
    }

    /// Waits until the replica has failed for a reason that only a person can mend, and throws it.
    func untilItFails() async throws {
        await hasFailed.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Why nothing can be taken in; nil: it can.
    var notReadyBecause: String? { failure.withLock { $0 }.map { "replica: \($0.message)" } }

    /// Whoever sends rubbish does not fill the log with it.
    private func note(_ rejection: WebhookRejection) {
        let isNew = lastRefusal.withLock { last in
            defer { last = rejection.reason }
            return last != rejection.reason
        }
        logger.log(
            level: isNew ? .notice : .debug, "A request is refused",
            metadata: ["status": "\(rejection.status)", "reason": "\(rejection.reason)"])
    }
}
