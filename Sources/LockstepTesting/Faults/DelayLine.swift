/// What is on its way, and when it comes out: in order, late and slowly; pure.
struct DelayLine<Item> {
    /// How fast things go.
    struct Pace: Hashable {
        var latency = Duration.zero
        var bytesPerSecond: Int?

        func time(for bytes: Int) -> Duration {
            guard let bytesPerSecond else { return .zero }
            return .seconds(Double(bytes) / Double(bytesPerSecond))
        }
    }

    private struct Passenger {
        let item: Item
        let bytes: Int
        let arrival: ContinuousClock.Instant
    }

    /// Applies also to what is on its way already.
    var pace = Pace()
    /// The bytes on their way.
    private(set) var bytes = 0
    private var passengers: [Passenger] = []
    /// When the last thing that came out was out of the bottleneck.
    private var isFreeAt: ContinuousClock.Instant?

    mutating func append(_ item: Item, bytes: Int, at now: ContinuousClock.Instant) {
        passengers.append(Passenger(item: item, bytes: bytes, arrival: now))
        self.bytes += bytes
    }

    /// When something comes out next, at this pace.
    var nextDue: ContinuousClock.Instant? {
        passengers.first.map { isThrough($0) + pace.latency }
    }

    /// Takes out what is due.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [Item] {
        var count = 0
        while count < passengers.count {
            let passenger = passengers[count]
            let through = isThrough(passenger)
            guard through + pace.latency <= now else { break }
            isFreeAt = through
            bytes -= passenger.bytes
            count += 1
        }
        defer { passengers.removeFirst(count) }
        return passengers[..<count].map(\.item)
    }

    mutating func removeAll() {
        passengers = []
        bytes = 0
    }

    private func isThrough(_ passenger: Passenger) -> ContinuousClock.Instant {
        max(passenger.arrival, isFreeAt ?? passenger.arrival) + pace.time(for: passenger.bytes)
    }
}
