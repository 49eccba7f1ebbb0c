/// What the ledger knows of one event at one office: all that the office has said of it, joined.
///
/// Joining is commutative, associative and idempotent, so that receipts may come twice, late and in any order. It never
/// takes back that an office has an event: what it has said of failures before, or says of copies later, is left out
/// then.
public struct DeliveryState: Sendable, Hashable {
    /// That the office has the event.
    public struct Done: Sendable, Hashable {
        /// What merging it did.
        public var outcome: MergeOutcome
        /// When the office said so.
        public var at: Timestamp

        /// A success.
        public init(_ outcome: MergeOutcome, at: Timestamp) {
            self.outcome = outcome
            self.at = at
        }
    }

    /// That a try failed, and is followed by another one.
    public struct Waiting: Sendable, Hashable {
        /// Which try it was, from 1.
        public var attempt: Int
        /// When the next one comes at the earliest.
        public var until: Timestamp
        /// Why it failed.
        public var reason: String
        /// When the office said so.
        public var at: Timestamp

        /// A failure.
        public init(attempt: Int, until: Timestamp, reason: String, at: Timestamp) {
            self.attempt = attempt
            self.until = until
            self.reason = reason
            self.at = at
        }
    }

    /// That the delivery was given up.
    public struct Dead: Sendable, Hashable {
        /// Which try it was, from 1.
        public var attempt: Int
        /// Why.
        public var reason: String
        /// When the office said so.
        public var at: Timestamp

        /// An end.
        public init(attempt: Int, reason: String, at: Timestamp) {
            self.attempt = attempt
            self.reason = reason
            self.at = at
        }
    }

    /// How the office came to have it; nil: it does not, as far as the ledger knows.
    public private(set) var done: Done?
    /// The last try that failed and is followed by another one; nil where the office has the event.
    public private(set) var waiting: Waiting?
    /// When it was given up last; nil where the office has the event.
    public private(set) var dead: Dead?
    /// The highest number of a try that the office has spoken of.
    public private(set) var attempts: Int

    /// What a receipt says.
    public init(_ receipt: Receipt, at: Timestamp) {
        attempts = receipt.attempt
        switch receipt.outcome {
        case .done(let outcome): done = Done(outcome, at: at)
        case .waiting(let until, let reason):
            waiting = Waiting(attempt: receipt.attempt, until: until, reason: reason, at: at)
        case .dead(let reason): dead = Dead(attempt: receipt.attempt, reason: reason, at: at)
        }
    }

    /// A state as it was stored.
    public init(done: Done?, waiting: Waiting?, dead: Dead?, attempts: Int) {
        self.done = done
        self.waiting = done == nil ? waiting : nil
        self.dead = done == nil ? dead : nil
        self.attempts = attempts
    }

    /// Takes in what else is known.
    public mutating func join(_ other: DeliveryState) {
        self = DeliveryState(
            done: Self.best(done, other.done) { $0.precedes($1) },
            waiting: Self.best(waiting, other.waiting) { $0.follows($1) },
            dead: Self.best(dead, other.dead) { $0.follows($1) },
            attempts: max(attempts, other.attempts)
        )
    }

    /// The first one where it is better, or alone.
    private static func best<Value>(_ one: Value?, _ other: Value?, _ isBetter: (Value, Value) -> Bool) -> Value? {
        guard let one, let other else { return one ?? other }
        return isBetter(one, other) ? one : other
    }
}

extension DeliveryState.Done {
    /// Whether this tells better how the office came to have the event.
    ///
    /// What changed the replica did it; what found the event there, or something newer, came after that. Of several,
    /// the earliest counts.
    fileprivate func precedes(_ other: Self) -> Bool {
        if outcome.changedSomething != other.outcome.changedSomething { return outcome.changedSomething }
        return (at, outcome.rawValue) < (other.at, other.outcome.rawValue)
    }
}

extension DeliveryState.Waiting {
    fileprivate func follows(_ other: Self) -> Bool {
        (at, attempt, until) != (other.at, other.attempt, other.until)
            ? (at, attempt, until) > (other.at, other.attempt, other.until)
            : ByteOrder.precedes(other.reason, reason)
    }
}

extension DeliveryState.Dead {
    fileprivate func follows(_ other: Self) -> Bool {
        (at, attempt) != (other.at, other.attempt)
            ? (at, attempt) > (other.at, other.attempt)
            : ByteOrder.precedes(other.reason, reason)
    }
}
