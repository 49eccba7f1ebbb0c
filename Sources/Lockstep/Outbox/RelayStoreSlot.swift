/// One of the two calls that a relay has under way at its store: one claims, the other one writes.
///
/// They go on beside each other and beside the publishes; each kind is asked for one after the other, and waits by
/// itself after a failure: a store that cannot be written to can often be read.
struct RelayStoreSlot {
    /// Whether a call is under way.
    private(set) var isBusy = false
    /// When it goes on after a failure.
    private(set) var resumesAt = Duration.zero
    private var pause: RelayPause

    init(pause: RelayPause) {
        self.pause = pause
    }

    /// Whether a call may begin.
    func isFree(at now: Duration) -> Bool { !isBusy && now >= resumesAt }

    /// When a call may begin without an answer; nil: one is under way, and its answer says more.
    var nextTime: Duration? { isBusy ? nil : resumesAt }

    mutating func begin() {
        precondition(!isBusy, "calls of one kind follow each other")
        isBusy = true
    }

    mutating func succeeded() {
        isBusy = false
        pause.reset()
    }

    mutating func failed(at now: Duration) {
        isBusy = false
        holdOff(at: now)
    }

    /// Takes in that the store cannot be used for this now, whatever is under way.
    mutating func holdOff(at now: Duration) {
        resumesAt = now + pause.next()
    }
}
