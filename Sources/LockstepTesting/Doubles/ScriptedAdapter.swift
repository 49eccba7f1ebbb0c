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
    /// What it says it would do.
    private let rehearsal: @Sendable (_ change: Change) throws -> Rehearsal
    /// What it was asked to rehearse.
    public private(set) var rehearsed: [Change] = []

    /// An adapter with a script.
    public init(wants: AdapterContent = .state, _ script: @escaping Script = { _ in .applied }) {
        self.init(wants, script) { _ in .wouldApply() }
    }

    private init(
        _ wants: AdapterContent, _ script: @escaping Script,
        _ rehearsal: @escaping @Sendable (_ change: Change) throws -> Rehearsal
    ) {
        self.wants = wants
        self.script = script
        self.rehearsal = rehearsal
    }

    /// An adapter that applies everything, and says something of it before; what that throws fails the whole call.
    public static func saying(
        _ rehearsal: @escaping @Sendable (_ change: Change) throws -> Rehearsal
    ) -> ScriptedAdapter {
        ScriptedAdapter(.state, { _ in .applied }, rehearsal)
    }

    public func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] {
        calls.append(changes)
        return try changes.map(script)
    }

    public func rehearse(_ changes: [Change], in context: AdapterContext) async throws -> [Rehearsal] {
        rehearsed += changes
        return try changes.map(rehearsal)
    }
}
