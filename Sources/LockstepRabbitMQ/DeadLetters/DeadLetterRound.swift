import Lockstep
import RabbitMQ

/// Goes through an office's dead letters, once, in as many walks as it takes.
///
/// A walk holds what it has seen and does not take; lest that be hidden from everybody else for long, each gives back after
/// a few seconds, and the next one passes over what is known to hold nothing that is meant.
struct DeadLetterRound {
    /// How long a walk that has taken something goes on.
    private static let longestWalk = Duration.seconds(10)
    /// How many channels a walk may use beyond what it only passes over.
    private static let mostChannels = 400

    /// How many letters, from the head, are still to be seen; what comes later is none of this round's.
    private var left: Int
    /// How many from the head are seen and not taken.
    private var clean = 0
    private var pacer: RatePacer
    private var lengths = LegLength()

    // Of the walk:
    private var position = 0
    private var taken = 0
    private var began = ContinuousClock.now
    private var channelsBefore: Int?
    /// Whether it is to go on.
    private(set) var goesOn = false
    /// How many letters were not taken over.
    private(set) var untaken = 0

    init(left: Int, pacer: RatePacer) {
        self.left = left
        self.pacer = pacer
    }

    /// Whether all have been seen.
    var isOver: Bool { clean >= left }

    /// Begins a walk.
    mutating func begin() {
        (position, taken, channelsBefore, began) = (0, 0, nil, .now)
        goesOn = !isOver
    }

    /// How many letters to take next.
    var length: Int {
        let wanted = position < clean ? min(LegLength.longest, clean - position) : lengths.next
        return min(wanted, left - position)
    }

    /// Settles what a step brought.
    mutating func settle(
        _ deliveries: [Delivery], _ selection: DeadLetterSelection, progress: ([String]) -> Void,
        _ work: ([Delivery]) async throws -> [DeadLetterAnswer]
    ) async throws -> [Disposition] {
        let letters = deliveries.map(DeadLetter.init)
        let meant = position < clean ? [] : letters.indices.filter { letters[$0].isChosen(by: selection) }
        let now = meant.prefix(mostAtOnce(meant))
        var dispositions = [Disposition](repeating: .requeue, count: deliveries.count)
        var rest = now[...]
        var firstUntaken: Int?
        while !rest.isEmpty, untaken == 0, !Task.isCancelled {
            let slice = rest.prefix(pacer.slice ?? rest.count)
            // Cut short: what is done is settled all the same.
            guard let answers = try await Self.unlessCancelled({ try await work(slice.map { deliveries[$0] }) })
            else { break }
            rest = rest.dropFirst(slice.count)
            for (index, answer) in zip(slice, answers) {
                switch answer {
                case .taken: dispositions[index] = .ack
                case .kept: break
                case .untaken:
                    untaken += 1
                    firstUntaken = firstUntaken ?? index
                }
            }
            progress(slice.filter { dispositions[$0] == .ack }.map { letters[$0].id })
            if let next = pacer.next(after: slice.count) { try? await Task.sleep(until: next, clock: .continuous) }
        }
        let settled = dispositions.count { $0 == .ack }
        (taken, left) = (taken + settled, left - settled)
        lengths.note(deliveries, settled: runs(dispositions))
        // The first one that is meant and was not seen to is where the next walk begins to look.
        let next = firstUntaken ?? rest.first ?? meant.dropFirst(now.count).first
        let held = dispositions[..<(next ?? dispositions.count)].count { $0 == .requeue }
        if position >= clean || next != nil { clean = max(clean, position + held) }
        position += dispositions.count - settled
        if next != nil { goesOn = false }
        return dispositions
    }

    /// Notes that a step is done.
    mutating func stepped(seen: Int, of length: Int, channels: Int) {
        // Somebody else took the rest.
        if seen < length { (left, goesOn) = (clean, false) }
        if position >= left { goesOn = false }
        guard position >= clean else { return }
        let before = channelsBefore ?? channels
        channelsBefore = before
        if channels - before > Self.mostChannels { goesOn = false }
        if taken > 0, ContinuousClock.now - began > Self.longestWalk { goesOn = false }
    }

    /// How many of those that are meant are seen to in this step.
    private func mostAtOnce(_ meant: [Int]) -> Int {
        // From the begin on, all of them are one settlement.
        let run = zip(meant, 0...).prefix { $0 == $1 }.count
        return min(max(run, LegLength.mostRuns), pacer.handful ?? .max)
    }

    private static func unlessCancelled<Value>(_ body: () async throws -> Value) async throws -> Value? {
        do {
            return try await body()
        } catch is CancellationError {
            return nil
        }
    }

    private func runs(_ dispositions: [Disposition]) -> Int {
        let first = dispositions.prefix { $0 == .ack }.count
        return (first > 0 ? 1 : 0) + dispositions.dropFirst(first).count { $0 == .ack }
    }
}
