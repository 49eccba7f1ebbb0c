public import Lockstep

/// An adapter that answers as it was told to, and remembers what it was asked.
public actor ScriptedAdapter: Adapter {
    /// Decides about one change; what it throws fails the whole call.
    public typealias Script = @Sendable (_ change: Change) throws -> ApplyOutcome

    private let script: Script
    /// What it is told of.
    public nonisolated let wants: AdapterContent
    /// The calls so far, each with the changes that it was given.
    public private(set) var calls: [[Change]] = []

    /// An adapter with a script.
    public init(wants: AdapterContent = .state, _ script: @escaping Script = { _ in .applied }) {
        self.wants = wants
        self.script = script
    }

    public func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
        calls.append(changes)
        return try changes.map(script)
    }
}
