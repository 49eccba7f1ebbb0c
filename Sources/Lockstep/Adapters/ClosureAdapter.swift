/// An adapter that is one closure, called for one change after the other.
public struct ClosureAdapter: Adapter {
    private let body: @Sendable (_ change: Change) async throws -> Void

    /// An adapter over a closure: a change is applied when it returns.
    ///
    /// - Parameter body: What it throws is a reason that may pass: that change is tried again by the subscription's
    ///   policy, the others are not. It may be asked twice for the same change, as any ``Adapter``.
    public init(_ body: @escaping @Sendable (_ change: Change) async throws -> Void) {
        self.body = body
    }

    public func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
        var outcomes: [ApplyOutcome] = []
        outcomes.reserveCapacity(changes.count)
        for change in changes {
            // The first two failing is an office that is down, not a bad change: spare it the rest.
            if outcomes.count == 2, let failed = outcomes.last, outcomes.allSatisfy({ $0.failure != nil }) {
                return outcomes + changes.dropFirst(2).map { _ in failed }
            }
            do {
                try await body(change)
                outcomes.append(.applied)
            } catch {
                outcomes.append(.failed(DeliveryPipeline.describe(error)))
            }
        }
        return outcomes
    }
}
