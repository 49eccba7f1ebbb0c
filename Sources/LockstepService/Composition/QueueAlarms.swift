import Lockstep
import LockstepRabbitMQ
import Logging
import Metrics
import RabbitMQ
import ServiceLifecycle

/// Watches how full the queues of offices are, and says so before somebody else notices.
///
/// A queue has no limit of its own: one that refused would make publishing fail for everybody. What is left is the broker's
/// disk, and long before it is full a person has to know.
struct QueueAlarms: Service {
    /// How a queue stands to its alarm.
    enum Level: Int, Comparable {
        case quiet, near, reached

        /// - Parameters:
        ///   - waiting: How many deliveries are ready.
        ///   - alarm: How many are too many.
        init(waiting: Int, alarm: Int) {
            self = waiting >= alarm ? .reached : waiting * 5 >= alarm * 4 ? .near : .quiet
        }

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private static let interval = Duration.seconds(15)

    let subscriptions: [Subscription]
    let client: RabbitMQClient
    let logger: Logger

    func run() async throws {
        let gauges = subscriptions.map(QueueGauges.init)
        await cancelWhenGracefulShutdown {
            var levels: [OfficeName: Level] = [:]
            repeat {
                for (subscription, gauges) in zip(subscriptions, gauges) {
                    let office = subscription.office
                    // Without a queue, or permission to look at it, there is nothing to be said of it.
                    guard let status = try? await client.inspect(queue: BrokerName.queue(of: office)) else { continue }
                    gauges.record(status.messages)
                    let level = Level(waiting: status.messages, alarm: subscription.alarm)
                    if level > levels[office] ?? .quiet { log(level, status.messages, of: subscription) }
                    levels[office] = level
                }
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    private func log(_ level: Level, _ waiting: Int, of subscription: Subscription) {
        logger.warning(
            level == .reached ? "An office's queue has reached its alarm" : "An office's queue fills up",
            metadata: [
                "office": "\(subscription.office)", "events": "\(waiting)", "alarm": "\(subscription.alarm)",
                "remedy": "start its worker, resume it, or delete its subscription before the broker's disk is full",
            ])
    }
}

/// What is shown of one office's queue.
private struct QueueGauges: Sendable {
    private let waiting: Gauge

    init(_ subscription: Subscription) {
        let labels = [("office", subscription.office.text)]
        waiting = Gauge(label: "lockstep_office_queued_events", dimensions: labels)
        Gauge(label: "lockstep_office_queue_alarm_events", dimensions: labels).record(subscription.alarm)
    }

    func record(_ count: Int) { waiting.record(count) }
}
