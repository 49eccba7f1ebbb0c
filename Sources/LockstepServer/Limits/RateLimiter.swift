import Synchronization

/// Lets each caller make so many requests, and no more.
final class RateLimiter: Sendable {
    /// How many callers are remembered; an attacker may come from any number of addresses.
    private static let most = 10_000

    private let rate: Double
    private let burst: Double
    private let start = ContinuousClock.now
    private let buckets = Mutex<[String: TokenBucket]>([:])

    /// - Parameters:
    ///   - rate: How many requests a second, of each caller.
    ///   - burst: How many at once.
    init(rate: Int, burst: Int) {
        self.rate = Double(rate)
        self.burst = Double(max(burst, 1))
    }

    /// Counts a request of a caller; nil: it may go on, else how long to wait.
    func take(_ caller: String, at now: ContinuousClock.Instant = .now) -> Duration? {
        let now = now - start
        return buckets.withLock { buckets in
            if buckets.count >= Self.most, buckets[caller] == nil {
                buckets = buckets.filter { entry in
                    var bucket = entry.value
                    return !bucket.isFull(at: now)
                }
                // None of them is a new caller's fault; who was held back is let in once more.
                if buckets.count >= Self.most { buckets.removeAll() }
            }
            return buckets[caller, default: TokenBucket(rate: rate, size: burst, at: now)].take(at: now)
        }
    }
}
