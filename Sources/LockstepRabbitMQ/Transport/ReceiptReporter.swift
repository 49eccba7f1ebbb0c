import Lockstep
import Logging
import RabbitMQ
import Synchronization

/// Brings an office's reports to the ledger's queue, one message a batch.
///
/// A batch is settled when its report is safe, so that what a crash swallows is delivered, and reported, again. But an
/// office does not stand still for its reports: where the broker takes none for a while, as during a memory alarm,
/// deliveries are settled and their reports wait here, up to a limit.
final class ReceiptReporter: Sendable {
    /// How long a batch waits for its report at the least, and how often those that have waited are looked for: three
    /// seconds at most in all.
    private static let patience = Duration.seconds(2.5)
    private static let glance = Duration.seconds(0.5)
    /// How many bytes of reports wait at most.
    private static let room = 16 << 20

    private struct Report {
        let number: Int
        let body: [UInt8]
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Void, Never>
        let since: ContinuousClock.Instant
    }

    private struct State {
        var waiting: [Report] = []
        var bytes = 0
        var last = 0
        /// The number of the last report that needs nobody's patience any more.
        var done = 0
        var waiters: [Int: Waiter] = [:]
        /// Whether somebody looks for those who have waited for too long.
        var isWatched = false
        var gap = ReportGap()
    }

    private let client: RabbitMQClient
    private let office: OfficeName
    private let logger: Logger
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>
    private let ringer: AsyncStream<Void>.Continuation
    private let watch: AsyncStream<Void>
    private let watcher: AsyncStream<Void>.Continuation

    init(_ client: RabbitMQClient, office: OfficeName, logger: Logger) {
        self.client = client
        self.office = office
        self.logger = logger
        (bell, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (watch, watcher) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Publishes what is handed in until it is cancelled, or until all is published after ``finish()``.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.publishReports() }
            group.addTask { await self.releaseTheImpatient() }
            await group.next()
            group.cancelAll()
        }
    }

    private func publishReports() async {
        for await _ in bell {
            let reports = state.withLock { state in
                defer { (state.waiting, state.bytes) = ([], 0) }
                return state.waiting
            }
            guard let last = reports.last else { continue }
            await publish(reports)
            let waiters = state.withLock { state in
                state.done = last.number
                let due = state.waiters.filter { $0.key <= last.number }
                for number in due.keys { state.waiters[number] = nil }
                return due.values
            }
            for waiter in waiters { waiter.continuation.resume() }
        }
    }

    /// Lets batches go on whose reports do not get through.
    ///
    /// One clock for all of them, which stands still while nobody waits: a timer for each batch cost more than its report.
    private func releaseTheImpatient() async {
        for await _ in watch {
            var isWatching = true
            while isWatching {
                do { try await Task.sleep(for: Self.glance) } catch { return }
                let due = state.withLock { state in
                    let due = state.waiters.filter { .now - $0.value.since >= Self.patience }
                    for number in due.keys { state.waiters[number] = nil }
                    isWatching = !state.waiters.isEmpty
                    state.isWatched = isWatching
                    return due.values
                }
                for waiter in due { waiter.continuation.resume() }
            }
        }
    }

    /// Lets ``run()`` end.
    func finish() { ringer.finish() }

    /// Hands a report of so many receipts in, and waits until the broker has it, but not for long.
    func report(_ body: [UInt8], receipts: Int) async {
        guard receipts > 0 else { return }
        let number = state.withLock { state in
            guard !state.gap.isSilent(at: .now), state.bytes + body.count <= Self.room else {
                state.gap.drop(receipts)
                return nil as Int?
            }
            state.last += 1
            state.bytes += body.count
            state.waiting.append(Report(number: state.last, body: body))
            return state.last
        }
        guard let number else { return warn("too many of them wait for the broker already") }
        ringer.yield()
        await untilDone(number)
    }

    private func untilDone(_ number: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, mustWatch) = state.withLock { state in
                    if state.done >= number || Task.isCancelled { return (true, false) }
                    state.waiters[number] = Waiter(continuation: continuation, since: .now)
                    defer { state.isWatched = true }
                    return (false, !state.isWatched)
                }
                if isOver { continuation.resume() }
                if mustWatch { watcher.yield() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    private func publish(_ reports: [Report]) async {
        let publications = reports.map { report in
            Publication(
                Message(
                    body: report.body,
                    properties: MessageProperties(
                        contentType: "application/json", type: BrokerName.receipts, appID: office.text)),
                to: BrokerName.receipts, routingKey: office.text)
        }
        do {
            let untaken = try await client.publish(publications).count { $0 != .confirmed }
            guard untaken > 0 else { return noteSuccess() }
            warn("the ledger's queue is missing or full")
        } catch let error as RabbitMQError {
            state.withLock { $0.gap.keepSilent(from: .now) }
            warn(error.message)
        } catch {
            // Cancelled: the worker is to end, and what is not settled comes again.
        }
    }

    private func noteSuccess() {
        guard let dropped = state.withLock({ $0.gap.end() }) else { return }
        logger.info(
            "The ledger gets this office's reports again",
            metadata: ["office": "\(office)", "dropped": "\(dropped)"])
    }

    /// Says so once: an office may work for days without a ledger.
    private func warn(_ reason: String) {
        guard state.withLock({ $0.gap.isNews() }) else { return }
        logger.warning(
            "The ledger does not get this office's reports; the office goes on",
            metadata: [
                "office": "\(office)", "reason": "\(reason)",
                "remedy": "run 'lockstep topology apply', and see that 'lockstep ledger' runs",
            ])
    }
}
