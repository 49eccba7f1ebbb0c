/// Waits until a condition on something outside, such as a broker's queue, holds.
///
/// For what the test itself drives, await that instead: a ``ManualClock``, a stream, a task.
///
/// - Parameters:
///   - what: What is waited for, as a sentence for the error.
///   - limit: How long to wait at most.
///   - pause: How long to wait between two looks.
///   - condition: Asked again and again; what it throws ends the wait.
/// - Throws: ``NeverHappened`` past the limit.
public func eventually(
    _ what: String = "the condition holds",
    within limit: Duration = .seconds(20),
    every pause: Duration = .milliseconds(10),
    file: String = #fileID,
    line: Int = #line,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while try await !condition() {
        guard clock.now < deadline else {
            throw NeverHappened(what: what, limit: limit, file: file, line: line)
        }
        try await Task.sleep(for: pause)
    }
}

/// A condition did not hold within its time.
public struct NeverHappened: Error, Sendable, CustomStringConvertible {
    /// What was waited for.
    public let what: String
    /// How long it was waited for.
    public let limit: Duration
    /// The file of the call.
    public let file: String
    /// The line of the call.
    public let line: Int

    public var description: String { "\(file):\(line): waited \(limit) in vain until \(what)" }
}
