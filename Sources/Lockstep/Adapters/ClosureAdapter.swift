/// An adapter that is one closure, called for one change after the other.
public struct ClosureAdapter: Adapter {
    private let body: @Sendable (_ change: Change) async throws -> Void
    private let rehearsal: (@Sendable (_ change: Change) async throws -> Rehearsal)?

    /// An adapter over a closure: a change is applied when it returns.
    ///
    /// - Parameters:
    ///   - rehearsal: Says what the other closure would do, without doing it, see ``Adapter/rehearse(_:in:)``; nil: nobody
    ///     can say.
    ///   - body: What it throws is a reason that may pass: that change is tried again by the subscription's policy, the
    ///     others are not. It may be asked twice for the same change, as any ``Adapter``.
    public init(
        rehearsal: (@Sendable (_ change: Change) async throws -> Rehearsal)? = nil,
        _ body: @escaping @Sendable (_ change: Change) async throws -> Void
    ) {
        self.rehearsal = rehearsal
        self.body = body
    }

    public func rehearse(_ changes: [Change], in context: AdapterContext) async throws -> [Rehearsal] {
        var answers: [Rehearsal] = []
        for change in changes {
            do {
                answers.append(try await rehearsal?(change) ?? .cannotSay("this office's adapter cannot be rehearsed"))
            } catch {
                answers.append(.cannotSay(DeliveryPipeline.describe(error)))
            }
        }
        return answers
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
