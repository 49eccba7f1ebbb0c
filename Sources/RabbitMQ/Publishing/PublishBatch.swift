/// One call of `publish`, and what is known of its messages so far.
struct PublishBatch {
    private(set) var outcomes: [PublishOutcome]
    private var missing: Int
    let continuation: CheckedContinuation<[PublishOutcome], any Error>

    init(count: Int, continuation: CheckedContinuation<[PublishOutcome], any Error>) {
        // Each place is overwritten before the call returns.
        outcomes = Array(repeating: .refused, count: count)
        missing = count
        self.continuation = continuation
    }

    /// Notes an outcome; returns whether it was the last one.
    mutating func note(_ outcome: PublishOutcome, at index: Int) -> Bool {
        outcomes[index] = outcome
        missing -= 1
        return missing == 0
    }
}
