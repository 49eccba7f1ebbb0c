import Lockstep
import LockstepRabbitMQ
import Logging
import Metrics
import RabbitMQ
import ServiceLifecycle
import Synchronization

/// Watches how full the queues of offices are, and says so before somebody else notices.
///
/// A queue has no limit of its own, unless its operator wants one: a queue that refuses makes publishing fail for everybody.
/// What is left is the broker's disk. Long before either is reached a person has to know.
final class QueueAlarms: Service {
    /// How a queue stands to its alarm.
    enum Level: Int, Comparable {
        case quiet, near, reached, full

        /// - Parameters:
        ///   - waiting: How many deliveries are ready.
        ///   - alarm: How many are too many.
        ///   - limit: How many it takes; nil: as many as come.
        init(waiting: Int, alarm: Int, limit: Int?) {
            if let limit, waiting >= limit {
                self = .full
            } else if waiting >= alarm {
                self = .reached
            } else {
                self = waiting * 5 >= alarm * 4 ? .near : .quiet
            }
        }

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private static let interval = Duration.seconds(15)

    private let changes: StoreChanges
    private let offices: Set<OfficeName>?
    private let client: RabbitMQClient
    private let logger: Logger
    private let watched: Mutex<[Subscription]>

    /// - Parameters:
    ///   - changes: Which offices there are, now and later.
    ///   - offices: Those of them that are watched; nil: all.
    init(_ changes: StoreChanges, of offices: Set<OfficeName>?, client: RabbitMQClient, logger: Logger) {
        self.changes = changes
        self.offices = offices
        self.client = client
        self.logger = logger
        watched = Mutex(Self.chosen(of: changes.configuration, among: offices))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            async let _: Void = self.follow()
            var levels: [OfficeName: Level] = [:]
            var gauges: [OfficeName: QueueGauges] = [:]
            repeat {
                let watched = self.watched.withLock { $0 }
                for office in Set(gauges.keys).subtracting(watched.map(\.office)) {
                    gauges.removeValue(forKey: office)?.forget()
                    levels[office] = nil
                }
                for subscription in watched {
                    let office = subscription.office
                    // Without a queue, or permission to look at it, there is nothing to be said of it.
                    guard let status = try? await self.client.inspect(queue: BrokerName.queue(of: office)) else {
                        continue
                    }
                    let shown = gauges[office] ?? QueueGauges(office)
                    gauges[office] = shown
                    shown.record(status.messages, of: subscription)
                    let level = Level(of: subscription, waiting: status.messages)
                    if level > levels[office] ?? .quiet { self.log(level, status.messages, of: subscription) }
                    levels[office] = level
                }
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    private func follow() async {
        for await changed in changes.configurations {
            watched.withLock { $0 = Self.chosen(of: changed, among: offices) }
        }
    }

    /// Those that have a queue: what is received over HTTP has none.
    private static func chosen(
        of configuration: Configuration, among offices: Set<OfficeName>?
    ) -> [Subscription] {
        configuration.offices.filter { subscription in
            configuration.receivers[subscription.office] == nil && offices?.contains(subscription.office) ?? true
        }
    }

    private func log(_ level: Level, _ waiting: Int, of subscription: Subscription) {
        let message: Logger.Message =
            switch level {
            case .full: "An office's queue is full; events that it wants are held up for everybody"
            case .reached: "An office's queue has reached its alarm"
            case .near, .quiet: "An office's queue fills up"
            }
        let end = subscription.limit == nil ? "the broker's disk is full" : "events that it wants are held up"
        let time = level == .full ? "" : " before \(end)"
        var metadata: Logger.Metadata = [
            "office": "\(subscription.office)", "events": "\(waiting)", "alarm": "\(subscription.alarm)",
            "remedy": "start its worker, resume it, or delete its subscription\(time)",
        ]
        if let limit = subscription.limit { metadata["limit"] = "\(limit)" }
        logger.log(level: level == .full ? .error : .warning, message, metadata: metadata)
    }
}

extension QueueAlarms.Level {
    /// How an office's queue stands.
    init(of subscription: Subscription, waiting: Int) {
        self.init(waiting: waiting, alarm: subscription.alarm, limit: subscription.limit)
    }

    /// In a word, with how far it is from its limit where it has one.
    static func text(waiting: Int, alarm: Int, limit: Int?) -> String {
        let word =
            switch QueueAlarms.Level(waiting: waiting, alarm: alarm, limit: limit) {
            case .full: "FULL"
            case .reached: "ALARM"
            case .near: "fills up"
            case .quiet: "ok"
            }
        guard let limit, word != "ok" else { return word }
        return "\(word), \(NumberText.grouped(waiting)) of \(NumberText.grouped(limit))"
    }
}

/// What is shown of one office's queue.
private struct QueueGauges: Sendable {
    private let waiting: Gauge
    private let alarm: Gauge
    /// 0 where there is none.
    private let limit: Gauge

    init(_ office: OfficeName) {
        let labels = [("office", office.text)]
        waiting = Gauge(label: "lockstep_office_queued_events", dimensions: labels)
        alarm = Gauge(label: "lockstep_office_queue_alarm_events", dimensions: labels)
        limit = Gauge(label: "lockstep_office_queue_limit_events", dimensions: labels)
    }

    func record(_ count: Int, of subscription: Subscription) {
        waiting.record(count)
        alarm.record(subscription.alarm)
        limit.record(subscription.limit ?? 0)
    }

    /// Of an office that is gone nothing is shown any more.
    func forget() {
        waiting.destroy()
        alarm.destroy()
        limit.destroy()
    }
}
