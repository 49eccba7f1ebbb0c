/// Decides what becomes of each delivery of a batch, from what the replica and the adapter said.
struct Settlement {
    /// What the adapter's side knows of a record.
    enum PushResult {
        case outcome(ApplyOutcome)
        case failure(Failure)
        /// It was not told, since an earlier event of the record is tried again after this time.
        case held(RetryDelay)
    }

    let policy: RetryPolicy

    /// The verdict for a delivery that the replica has taken in.
    ///
    /// - Parameters:
    ///   - push: What the adapter said of the record; nil: there was nothing to tell it.
    func verdict(attempt: Int, acceptance: Acceptance, push: PushResult?) -> Verdict {
        if let reason = acceptance.refusal { return .dead(Failure(.refused, reason)) }
        switch push {
        case nil: return .done
        case .failure(let failure): return verdict(attempt: attempt, failure: failure)
        case .held(let delay):
            return postponed(attempt: attempt, delay, Failure(.order, "an earlier event of the record waits"))
        case .outcome(let outcome):
            switch outcome.wrapped {
            case .applied, .unchanged: return .done
            case .refused(let reason): return .dead(Failure(.refused, reason))
            case .failed(let reason): return verdict(attempt: attempt, failure: Failure(.adapter, reason))
            case .later(let delay):
                let failure = Failure(.later, "the office's system asked to be tried later")
                return postponed(attempt: attempt, RetryDelay(atLeast: delay), failure)
            // The worker keeps it in hand.
            case .busy, .gone: return .giveBack
            }
        }
    }

    /// The verdict for a delivery that failed for a reason that may pass.
    func verdict(attempt: Int, failure: Failure) -> Verdict {
        switch policy.decision(afterAttempt: attempt) {
        case .retry(let delay, let next): .retry(after: delay, attempt: next, failure)
        case .giveUp: .dead(failure)
        }
    }

    /// The verdict for a delivery that is tried again without using up an attempt.
    func postponed(attempt: Int, _ delay: RetryDelay, _ failure: Failure) -> Verdict {
        .retry(after: delay, attempt: attempt, failure)
    }
}
