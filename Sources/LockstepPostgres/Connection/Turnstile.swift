/// Lets one caller in at a time, in the order of their coming: for an actor whose work spans waits.
struct Turnstile {
    private var isTaken = false
    private var queue: [UnsafeContinuation<Void, Never>] = []

    /// Takes the place if it is free.
    mutating func takeIfFree() -> Bool {
        if isTaken { return false }
        isTaken = true
        return true
    }

    /// Queues; resumed with the place taken.
    mutating func add(_ waiter: UnsafeContinuation<Void, Never>) {
        queue.append(waiter)
    }

    /// Gives the place to the next in line.
    mutating func leave() {
        if queue.isEmpty {
            isTaken = false
        } else {
            queue.removeFirst().resume()
        }
    }
}
