/// How many requests somebody may still make: a bucket that fills at a steady rate.
struct TokenBucket: Sendable, Hashable {
    /// How fast it fills, a second.
    let rate: Double
    /// How many it holds.
    let size: Double
    private var left: Double
    private var filled: Duration

    /// A full bucket.
    ///
    /// - Parameter now: Since whenever; it only has to move on steadily.
    init(rate: Double, size: Double, at now: Duration) {
        self.rate = rate
        self.size = size
        left = size
        filled = now
    }

    /// Takes one out; nil: done, else how long to wait until there is one.
    mutating func take(at now: Duration) -> Duration? {
        fill(at: now)
        guard left >= 1 else { return .seconds((1 - left) / rate) }
        left -= 1
        return nil
    }

    /// Whether it is full, so that forgetting it changes nothing.
    mutating func isFull(at now: Duration) -> Bool {
        fill(at: now)
        return left >= size
    }

    private mutating func fill(at now: Duration) {
        guard now > filled else { return }
        left = min(size, left + (now - filled) / .seconds(1) * rate)
        filled = now
    }
}
