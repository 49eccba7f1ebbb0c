/// The code that applies changes to an office's own system.
public protocol Adapter: Sendable {
    /// Applies changes, of different records each, and answers for each, in order.
    ///
    /// Called again for the same change when a crash came before the answer was noted: applying must be idempotent.
    /// ``Change/version`` tells what is older than what the office's system has.
    /// - Throws: Anything: a reason that may pass. All of the changes are tried again by the subscription's policy.
    func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome]
}
