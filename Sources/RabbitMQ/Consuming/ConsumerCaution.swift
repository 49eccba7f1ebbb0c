/// How carefully a consumer begins each of its subscriptions, since what comes may have crashed a consumer before; pure.
///
/// A process that begins knows nothing: it takes one, and then more and more together of what has come back only once, until
/// something comes that nobody had before. One that has lost its connection, though it went on handling deliveries, knows that
/// they did it no harm. But where a subscription was lost before a batch was handled, or while the consumer was still careful,
/// what comes again stays suspicious.
struct ConsumerCaution: Sendable, Hashable {
    private let isolates: Bool
    /// How many the next subscription takes together at most, until there is no reason to be careful; nil: there is none.
    private(set) var window: Int?
    private var trusts = false

    /// - Parameter isolates: ``ConsumerOptions/isolateRedelivered``; false: never careful.
    init(isolates: Bool) {
        self.isolates = isolates
        window = isolates ? 1 : nil
    }

    /// What the next subscription is to be made with.
    func options(_ options: ConsumerOptions) -> ConsumerOptions {
        if let window { return options.probing(window) }
        return trusts ? options.trusting : options
    }

    /// Takes in that a careful subscription has ended because there is nothing suspicious.
    mutating func foundNothing() {
        (window, trusts) = (nil, false)
    }

    /// Takes in that a careful subscription has ended because what it took together did no harm.
    mutating func widen() {
        window = window.map { $0 * 2 }
    }

    /// Takes in that a subscription was lost.
    ///
    /// - Parameter hasHandled: Whether it had handled a batch.
    mutating func lost(hasHandled: Bool) {
        trusts = isolates && hasHandled && window == nil
        window = isolates && !trusts ? 1 : nil
    }
}

/// A careful subscription: how many it takes together, and what follows from what it has handled; pure.
struct ConsumerProbe: Sendable, Hashable {
    /// What is to be done after a batch.
    enum Verdict: Sendable, Hashable {
        /// There is nothing suspicious: a queue hands out first what it has handed out before.
        case endsCare
        /// As much as was handed out did no harm; more may be taken together.
        case widens
        case goesOn
    }

    /// The most that is taken together: where it crashes the process, so many are counted once more for one that did it.
    static let widest = 32

    /// How many are taken together.
    let window: Int
    /// Up to how many it may become.
    let widest: Int

    /// What a batch that was handled says.
    func verdict(on deliveries: [Delivery]) -> Verdict {
        guard deliveries.contains(where: \.redelivered) else { return .endsCare }
        // Where it is less, there may be more on its way, and the broker would count what came back.
        let isAll = deliveries.count == window
        return isAll && window < widest && !deliveries.contains(where: \.isSuspicious) ? .widens : .goesOn
    }
}

extension Delivery {
    /// Whether consumers have died that had it in hand, more than one, or it is not known how many.
    ///
    /// When one dies, the broker takes back all that was handed out to it, and hardly any of that was the cause.
    var isSuspicious: Bool { redelivered && (deliveryCount ?? .max) > 1 }
}
