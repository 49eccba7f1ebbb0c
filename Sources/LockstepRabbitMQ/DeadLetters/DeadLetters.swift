public import Lockstep
public import RabbitMQ

/// The dead letters of an office: to look at, to send again, to throw away.
///
/// Looking takes them out of the queue for a moment and gives them back in their order; meanwhile a second look would
/// not see them. However many there are, only some are in memory at a time.
public struct DeadLetters: Sendable {
    private let client: RabbitMQClient
    private let office: OfficeName

    /// The dead letters of an office.
    public init(of office: OfficeName, client: RabbitMQClient) {
        self.office = office
        self.client = client
    }

    /// The oldest dead letters that are meant, `limit` at most.
    public func list(
        _ selection: DeadLetterSelection = .all, limit: Int
    ) async throws(LockstepError) -> [DeadLetter] {
        try await list(selection, limit: limit) { $0 }
    }

    /// Rows of the oldest dead letters that are meant, `limit` at most.
    ///
    /// - Parameters:
    ///   - skipped: How many of them are passed over first; nothing of those is kept.
    ///   - row: What is kept of each.
    public func list<Row>(
        _ selection: DeadLetterSelection = .all, skipping skipped: Int = 0, limit: Int, _ row: (DeadLetter) -> Row
    ) async throws(LockstepError) -> [Row] {
        var rows: [Row] = []
        guard limit > 0 else { return rows }
        var passed = 0
        try await look(expecting: selection.isAll ? skipped + limit : nil) { delivery in
            let letter = DeadLetter(delivery)
            guard letter.isChosen(by: selection) else { return true }
            passed += 1
            if passed > skipped { rows.append(row(letter)) }
            return rows.count < limit
        }
        return rows
    }

    /// Shows each dead letter that is meant, the oldest first.
    public func visit(
        _ selection: DeadLetterSelection = .all, _ visitor: (DeadLetter) -> Void
    ) async throws(LockstepError) {
        try await look(expecting: nil) { delivery in
            let letter = DeadLetter(delivery)
            if letter.isChosen(by: selection) { visitor(letter) }
            return true
        }
    }

    /// Sends dead letters to their office again, as if they came for the first time.
    ///
    /// Each is in the office's queue, confirmed, before it leaves the dead letters: a crash leaves a duplicate at worst.
    /// - Parameters:
    ///   - rate: How many a second at most; nil: as many as the broker takes.
    ///   - progress: Told which were sent, and how many dead letters there were.
    /// - Throws: ``/Lockstep/LockstepError`` where the broker does not take one over; it stays a dead letter.
    public func replay(
        _ selection: DeadLetterSelection, rate: Int? = nil, progress: ([String], Int) -> Void = { _, _ in }
    ) async throws {
        try await take(selection, rate: rate, progress) { chosen in
            try await send(chosen.map { DeliveryHeaders.replaying($0.message, at: WallClock.system.now) })
        }
    }

    /// Does with one dead letter what somebody decides who has seen it; of several with the same id, with the first one.
    ///
    /// - Returns: What was decided; nil: there is no dead letter with this id.
    public func edit<Answer>(
        _ id: String, _ decide: (DeadLetterOriginal) async throws -> (DeadLetterDecision, Answer)
    ) async throws -> Answer? {
        var answer: Answer?
        let silent: ([String], Int) -> Void = { _, _ in }
        try await take(.ids([id]), rate: nil, silent) { chosen in
            guard answer == nil, let first = chosen.first else { return chosen.map { _ in .kept } }
            let (decision, result) = try await decide(DeadLetterOriginal(first))
            let now = WallClock.system.now
            let done: [DeadLetterAnswer] =
                switch decision {
                case .keep: [.kept]
                case .send(let event):
                    try await send([DeliveryHeaders.replaying(event, insteadOf: first.message, at: now)])
                case .remove(sendingFirst: true): try await send([DeliveryHeaders.replaying(first.message, at: now)])
                case .remove(sendingFirst: false): [.taken]
                }
            answer = result
            return done + chosen.dropFirst().map { _ in .kept }
        }
        return answer
    }

    /// Throws dead letters away, for ever.
    ///
    /// - Parameter progress: Told which were thrown away, and how many dead letters there were.
    public func discard(
        _ selection: DeadLetterSelection, progress: ([String], Int) -> Void = { _, _ in }
    ) async throws {
        try await take(selection, rate: nil, progress) { $0.map { _ in .taken } }
    }

    /// Puts messages into the office's queue.
    private func send(_ messages: [Message]) async throws -> [DeadLetterAnswer] {
        // Straight to the queue: where it is gone, the broker returns the message.
        let outcomes = try await client.publish(
            messages.map { Publication($0, to: "", routingKey: BrokerName.queue(of: office)) })
        CrashPoint.handedOver.pass()
        return outcomes.map { $0 == .confirmed ? .taken : .untaken }
    }

    /// Shows letters until the visitor has seen enough.
    func look(
        expecting limit: Int?, _ visitor: (Delivery) -> Bool
    ) async throws(LockstepError) {
        let queue = BrokerName.deadLetters(of: office)
        var left = try await depth(of: queue)
        guard left > 0 else { return }
        var lengths = LegLength(first: limit ?? LegLength.longest)
        try await Self.asLockstepError {
            try await client.walk(along: queue) { walk in
                var goesOn = true
                while goesOn, left > 0 {
                    try Task.checkCancellation()
                    let length = min(lengths.next, left)
                    let seen = try await walk.step(limit: length) { deliveries in
                        for delivery in deliveries where goesOn { goesOn = visitor(delivery) }
                        lengths.note(deliveries, settled: 0)
                        return deliveries.map { _ in .requeue }
                    }
                    left -= seen
                    if seen < length { break }
                }
            }
        }
    }

    /// Takes the chosen ones out where `settle` says so, and gives the others back.
    func take(
        _ selection: DeadLetterSelection, rate: Int?, _ progress: ([String], Int) -> Void,
        _ settle: ([Delivery]) async throws -> [DeadLetterAnswer]
    ) async throws {
        let queue = BrokerName.deadLetters(of: office)
        let total = try await depth(of: queue)
        var round = DeadLetterRound(left: total, pacer: RatePacer(perSecond: rate))
        while !round.isOver {
            round.begin()
            try await Self.asLockstepError {
                try await client.walk(along: queue) { walk in
                    while round.goesOn {
                        let length = round.length
                        let seen = try await walk.step(limit: length) { deliveries in
                            try await round.settle(deliveries, selection, progress: { progress($0, total) }, settle)
                        }
                        round.stepped(seen: seen, of: length, channels: walk.channels)
                    }
                }
            }
            try Task.checkCancellation()
            if round.untaken > 0 { throw Self.untaken(round.untaken, of: office) }
        }
    }

    private func depth(of queue: String) async throws(LockstepError) -> Int {
        do {
            if let status = try await client.inspect(queue: queue) { return status.messages }
        } catch {
            throw RabbitMQTransport.error(error)
        }
        throw LockstepError(
            .notFound,
            "The office '\(office)' has no dead-letter queue in the broker. Run 'lockstep topology apply'."
        )
    }

    private static func asLockstepError(_ body: () async throws -> Void) async throws(LockstepError) {
        do {
            try await body()
        } catch {
            throw RabbitMQTransport.error(error)
        }
    }

    private static func untaken(_ count: Int, of office: OfficeName) -> LockstepError {
        LockstepError(
            .brokerUnavailable,
            "The broker did not take \(count) of the messages into the queue of '\(office)': it is missing or full. They "
                + "are dead letters still. Run 'lockstep topology check', and the same command again."
        )
    }
}

/// What became of a dead letter that something was to be done to.
enum DeadLetterAnswer: Sendable, Hashable {
    /// It is done: it may go.
    case taken
    /// It was not meant after all.
    case kept
    /// It could not be done.
    case untaken
}
