import Lockstep
import Logging
import ServiceLifecycle
import Synchronization

/// Runs the offices of a set that changes: starts who comes, stops who goes, and begins anew with whose subscription changed.
///
/// Each stops as in a graceful shutdown: it finishes and settles what it has in hand. What keeps one from working is logged
/// and tried again; the others, and the supervisor, go on. It ends with the service group.
final class OfficeSupervisor: Service {
    /// How far an office is.
    enum State: Sendable, Hashable {
        /// It waits for the broker, or its queue is being declared.
        case starting
        /// It takes what its queue has.
        case atWork
        /// It does not, and is tried again; why.
        case failing(String)
        /// It finishes what it has in hand.
        case stopping
    }

    /// How long an office has to finish what it has in hand before it is cancelled.
    private static let gracePeriod = Duration.seconds(15)

    private let first: [Subscription]
    private let changes: AsyncStream<[Subscription]>
    private let retry: Duration
    private let logger: Logger
    private let service: @Sendable (Subscription) throws -> OfficeService
    private let known = Mutex<[OfficeName: State]>([:])

    /// A supervisor, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - subscriptions: Who is to work from the beginning.
    ///   - changes: Who is to work from then on, all of them each time. It may end: then those stay.
    ///   - retry: After which time an office is tried again that cannot work.
    ///   - service: Makes what does an office's work; asked again for each beginning.
    init(
        _ subscriptions: [Subscription], changes: AsyncStream<[Subscription]>, retry: Duration = .seconds(30),
        logger: Logger, service: @escaping @Sendable (Subscription) throws -> OfficeService
    ) {
        first = subscriptions
        self.changes = changes
        self.retry = retry
        self.logger = logger
        self.service = service
    }

    /// The offices that are here, and how far each is.
    var states: [OfficeName: State] { known.withLock { $0 } }

    private enum Message {
        case wanted([Subscription])
        case ended(OfficeName)
    }

    func run() async throws {
        let (messages, mailbox) = AsyncStream.makeStream(of: Message.self)
        await withDiscardingTaskGroup { group in
            mailbox.yield(.wanted(first))
            group.addTask {
                for await subscriptions in self.changes.cancelOnGracefulShutdown() {
                    mailbox.yield(.wanted(subscriptions))
                }
            }
            var supervision = Supervision()
            var stops: [OfficeName: Signal] = [:]
            for await message in messages.cancelOnGracefulShutdown() {
                let actions =
                    switch message {
                    case .wanted(let subscriptions): supervision.want(subscriptions)
                    case .ended(let office): supervision.ended(office)
                    }
                for action in actions {
                    switch action {
                    case .start(let subscription):
                        let stop = Signal()
                        stops[subscription.office] = stop
                        note(.starting, of: subscription.office)
                        group.addTask {
                            await self.work(subscription, until: stop)
                            self.note(nil, of: subscription.office)
                            mailbox.yield(.ended(subscription.office))
                        }
                    case .stop(let office):
                        note(.stopping, of: office)
                        stops[office]?.give()
                    }
                }
            }
        }
    }

    private func note(_ state: State?, of office: OfficeName) {
        known.withLock { $0[office] = state }
    }

    /// Does an office's work until it is to stop; what keeps it from that is tried again here, too.
    private func work(_ subscription: Subscription, until stop: Signal) async {
        let office = subscription.office
        while true {
            do {
                try await group(of: subscription, until: stop).run()
                return
            } catch {
                if Task.isCancelled || stop.isGiven { return }
                note(.failing(ErrorText.reason(error)), of: office)
                logger.error(
                    "An office's work has ended; it begins anew",
                    metadata: [
                        "office": "\(office)", "reason": "\(ErrorText.reason(error))",
                        "again-in": "\(DurationText.text(retry))",
                    ])
            }
            let pause = retry
            await cancelWhenGracefulShutdown {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await Task.sleep(for: pause) }
                    group.addTask { await stop.wait() }
                    await group.next()
                    group.cancelAll()
                }
            }
            if Task.isCancelled || Task.isShuttingDownGracefully || stop.isGiven { return }
        }
    }

    /// An office in a group of its own, which stops when it is told to.
    private func group(of subscription: Subscription, until stop: Signal) throws -> ServiceGroup {
        let office = subscription.office
        var work = try service(subscription)
        let (begins, givesUp) = (work.begins, work.givesUp)
        work.failing = .triedAgain(after: retry)
        work.begins = {
            if !stop.isGiven { self.note(.atWork, of: office) }
            begins()
        }
        work.givesUp = { error in
            if !stop.isGiven { self.note(.failing(ErrorText.reason(error)), of: office) }
            return givesUp(error)
        }
        var configuration = ServiceGroupConfiguration(
            services: [work as any Service, StopWord(signal: stop)].map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup)
            },
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = Self.gracePeriod
        return ServiceGroup(configuration: configuration)
    }
}

/// Ends when it is told to, and its service group with it.
private struct StopWord: Service {
    let signal: Signal

    func run() async throws {
        await cancelWhenGracefulShutdown { await signal.wait() }
    }
}
