/// What a relay knows of the writers when it goes to sleep; pure.
///
/// Writers notify only where a relay says that it sleeps. One that had looked before, and commits afterward, notifies
/// nobody. But it has had its transaction's number by then: so, when the relay has said that it sleeps, it takes a number
/// itself, and looks again until no transaction with a lower one is open. Then whoever commits has seen that the relay
/// sleeps.
struct RelaySleep<Session: Hashable & Sendable>: Sendable {
    /// The session that says so, for as long as it lasts.
    let session: Session
    /// A transaction number that was given out after it said so.
    let horizon: String
    /// Whether all transactions before the horizon had ended when the last claim began.
    var isQuiet = false
    private var pause = Duration.milliseconds(2)

    /// The longest pause between two looks while somebody's transaction stays open.
    static var longestPause: Duration { .milliseconds(250) }

    init(session: Session, horizon: String) {
        self.session = session
        self.horizon = horizon
    }

    /// How long to sleep at most; nil: until somebody wakes it.
    mutating func nextPause() -> Duration? {
        guard !isQuiet else { return nil }
        defer { pause = min(pause * 2, Self.longestPause) }
        return pause
    }
}
