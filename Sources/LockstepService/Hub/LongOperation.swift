import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import LockstepServer
import RabbitMQ

/// An operation of the hub that goes on, and what it becomes when it ends.
struct LongOperation: Sendable {
    private(set) var operation: StoredOperation
    /// Given when it is to be stopped.
    let stop = Signal()
    /// Whether somebody wants it stopped; else it is the hub that ends.
    var isCancelled = false

    init(_ operation: StoredOperation) {
        self.operation = operation
    }

    /// What is said of one that did not come to its end since the hub did.
    static let interrupted =
        "The hub ended before it. Nothing is lost, and what it had done stays done: begin it again, which is safe."
    private static let cancelled =
        "It was stopped. Nothing is lost, and what it had done stays done: begun again, it does the rest."

    /// Notes how far it is.
    mutating func note(_ done: Int, of total: Int?) {
        (operation.done, operation.total) = (done, total)
    }

    /// The operation as it is when it has ended.
    func ended(with outcome: Result<HubDocument, any Error>, at moment: Timestamp) -> StoredOperation {
        var ended = operation
        ended.ended = moment
        switch outcome {
        case .success(let document):
            ended.state = .done
            ended.result = document.json
        case .failure where stop.isGiven:
            ended.state = isCancelled ? .cancelled : .interrupted
            ended.problem = isCancelled ? Self.cancelled : Self.interrupted
        case .failure(let error):
            ended.state = .failed
            ended.problem = Self.text(of: error)
        }
        return ended
    }

    private static func text(of error: any Error) -> String {
        switch error {
        case let error as HubProblem: error.detail
        case let error as LockstepError: HubProblem(error)?.detail ?? unknown
        case let error as RabbitMQError: error.message
        default: unknown
        }
    }

    private static let unknown = "The hub failed at this; its log says more. Begun again, it does what is left."
}
