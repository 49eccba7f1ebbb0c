import Synchronization

/// Shows progress on standard error while a person looks at it, and nothing where it is piped.
public final class ProgressDisplay: Sendable {
    private let noun: String
    private let isShown: Bool
    private let start: ContinuousClock.Instant
    private let lastShown: Mutex<ContinuousClock.Instant?>

    /// More often is only work for the terminal.
    private static let pause = Duration.milliseconds(100)

    /// A display that shows nothing yet.
    ///
    /// - Parameter noun: What is counted, like `events`.
    public init(_ noun: String) {
        self.noun = noun
        isShown = StandardStream.error.isTerminal
        start = .now
        lastShown = Mutex(nil)
    }

    /// Shows how far the work has come, ten times a second at most.
    public func show(_ done: Int, of total: Int?) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let isDue = lastShown.withLock { last in
            if let last, now - last < Self.pause { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let line = ProgressLine(noun, done: done, total: total, elapsed: now - start)
        // Back to the line's begin, the new line over the old one, and the rest of that away (ECMA-48: EL).
        StandardStream.error.write("\r\(line.text(width: StandardStream.error.columns ?? 80))\u{1B}[K")
    }

    /// Takes the line away, so that what follows stands where it stood.
    public func clear() {
        guard isShown, lastShown.withLock({ $0 != nil }) else { return }
        StandardStream.error.write("\r\u{1B}[K")
    }
}
