/// How long to wait after something failed: twice as long each time in a row, up to a limit.
struct RelayPause {
    let first: Duration
    let longest: Duration
    private var last: Duration?

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    mutating func next() -> Duration {
        let next = min(last.map { $0 * 2 } ?? first, longest)
        last = next
        return next
    }

    mutating func reset() {
        last = nil
    }
}
