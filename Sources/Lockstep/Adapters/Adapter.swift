/// The code that applies changes to an office's own system.
public protocol Adapter: Sendable {
    /// What it is told of.
    var wants: AdapterContent { get }

    /// Gets ready, before the office takes what its queue has.
    ///
    /// - Throws: Why the office cannot work, in words for people: its queue keeps everything, and it is tried again later.
    func prepare(in context: AdapterContext) async throws

    /// Applies changes, of different records each, and answers for each, in order.
    ///
    /// Called again for the same change when a crash came before the answer was noted: applying must be idempotent.
    /// ``Change/version`` tells what is older than what the office's system has.
    /// - Throws: Anything: a reason that may pass. All of the changes are tried again by the subscription's policy.
    func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome]

    /// Says what it would do with changes, of different records each, without doing it, and answers for each, in order.
    ///
    /// People ask that who have edited a dead letter, while the office is at work and ``apply(_:in:)`` may go on. Nothing
    /// may change by it, here or in the office's system. Who waits for the answer does so for some seconds only.
    /// - Throws: Anything: then it cannot say.
    func rehearse(_ changes: [Change], in context: AdapterContext) async throws -> [Rehearsal]
}

extension Adapter {
    /// The newest state of each record.
    public var wants: AdapterContent { .state }

    /// Is ready.
    public func prepare(in context: AdapterContext) async throws {}

    /// Cannot say what it would do.
    public func rehearse(_ changes: [Change], in context: AdapterContext) async throws -> [Rehearsal] {
        changes.map { _ in .cannotSay("this office's adapter cannot be rehearsed") }
    }
}
