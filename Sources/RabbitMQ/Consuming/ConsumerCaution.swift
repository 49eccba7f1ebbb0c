/// How carefully a consumer begins each of its subscriptions, since what comes may have crashed a consumer before; pure.
///
/// A process that begins knows nothing: it takes one at a time until something comes that nobody had before. One that has
/// lost its connection, though it went on handling deliveries, knows that they did it no harm. But where a subscription
/// was lost before a batch was handled, or while the consumer was still careful, what comes again stays suspicious.
struct ConsumerCaution: Sendable, Hashable {
    private let isolates: Bool
    /// Whether the next subscription takes one at a time, until there is no reason to.
    private(set) var isProbing: Bool
    private var trusts = false

    /// - Parameter isolates: ``ConsumerOptions/isolateRedelivered``; false: never careful.
    init(isolates: Bool) {
        self.isolates = isolates
        isProbing = isolates
    }

    /// What the next subscription is to be made with.
    func options(_ options: ConsumerOptions) -> ConsumerOptions {
        isProbing ? options.probing : trusts ? options.trusting : options
    }

    /// Takes in that a careful subscription has ended because there is nothing suspicious.
    mutating func foundNothing() {
        (isProbing, trusts) = (false, false)
    }

    /// Takes in that a subscription was lost.
    ///
    /// - Parameter hasHandled: Whether it had handled a batch.
    mutating func lost(hasHandled: Bool) {
        trusts = isolates && hasHandled && !isProbing
        isProbing = isolates && !trusts
    }
}
