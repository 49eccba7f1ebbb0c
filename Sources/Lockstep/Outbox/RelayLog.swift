import Logging

/// What a relay says: one line when something begins, one when it is over.
struct RelayLog {
    private let logger: Logger
    private var storeFault: LockstepError.Code?
    /// Whether it is writing that failed: that the store can be read says nothing then.
    private var cannotWrite = false
    private var publishFault: LockstepError.Code?
    private var isHolding = false
    private var hasUnrouted = false

    init(_ logger: Logger) {
        self.logger = logger
    }

    func standsBy() {
        logger.info("Another relay is at work on this outbox; this one stands by")
    }

    func began() {
        logger.info("The relay is at work")
    }

    mutating func storeFailed(_ error: LockstepError, writing: Bool = false) {
        if writing { cannotWrite = true }
        guard storeFault != error.code else { return }
        storeFault = error.code
        logger.warning("The outbox cannot be used; the relay tries again", [.reason: error.message])
    }

    mutating func storeWorks(writing: Bool = false) {
        guard storeFault != nil, writing || !cannotWrite else { return }
        storeFault = nil
        cannotWrite = false
        logger.info("The outbox can be used again")
    }

    mutating func publishFailed(_ error: LockstepError) {
        guard publishFault != error.code else { return }
        publishFault = error.code
        logger.warning("Events cannot be published; they wait in the outbox", [.reason: error.message])
    }

    mutating func published(_ outcomes: [PublishOutcome]) {
        if publishFault != nil {
            publishFault = nil
            logger.info("Events are published again")
        }
    }

    /// So many entries wait since the broker refused an event of their records.
    mutating func holds(_ count: Int) {
        guard isHolding != (count > 0) else { return }
        isHolding = count > 0
        if isHolding {
            logger.warning(
                "The broker refuses events; they and what follows them in their records wait, the others go on",
                [.events: "\(count)"]
            )
        } else {
            logger.info("The broker takes all events again")
        }
    }

    mutating func settled(_ settlements: [OutboxSettlement]) {
        var unrouted = 0
        for settlement in settlements {
            switch settlement.result {
            case .sent: break
            case .unrouted: unrouted += 1
            case .refused(let reason):
                logger.error(
                    "A row of the outbox cannot be published, and stays there",
                    [.position: "\(settlement.position)", .reason: reason]
                )
            }
        }
        guard unrouted > 0, !hasUnrouted else { return }
        hasUnrouted = true
        logger.error(
            "The broker could route events nowhere, not even to 'lockstep.unrouted'; run 'lockstep topology apply'",
            [.events: "\(unrouted)"]
        )
    }
}
