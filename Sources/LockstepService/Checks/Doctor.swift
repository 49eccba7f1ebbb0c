import FoundationEssentials
import Lockstep
import LockstepRabbitMQ
import RabbitMQ

/// Looks at all that Lockstep needs, one thing after the other; what fails does not end it.
struct Doctor: Sendable {
    /// The oldest RabbitMQ whose quorum queues can do what is asked of them.
    private static let oldestBroker = [3, 10]

    let operations: Operations
    private var configuration: Configuration { operations.configuration }

    /// All checks, in the order in which a person would look.
    func examine() async -> [DoctorRow] {
        var rows = [StateDirectoryCheck(directory: configuration.state).examine()]
        rows.append(await ClockCheck(configuration: configuration).examine(logger: operations.logger))
        rows += await broker()
        rows += await management()
        rows.append(await topology())
        return rows
    }

    private func broker() async -> [DoctorRow] {
        do {
            let (status, missing, refused, full) = try await operations.withClient("doctor") { client in
                var missing: [String] = []
                var full: [String] = []
                var refused: [String] = []
                for office in configuration.offices {
                    let queue = BrokerName.queue(of: office.office)
                    do {
                        guard let status = try await client.inspect(queue: queue) else {
                            missing.append(queue)
                            continue
                        }
                        if QueueAlarms.Level(of: office, waiting: status.messages) > .quiet {
                            full.append(Self.fullness(of: office, status.messages))
                        }
                    } catch let error as RabbitMQError where error.code == .accessRefused {
                        refused.append(queue)
                    }
                }
                return (client.status, missing, refused, full)
            }
            return [reachable(status), version(status), permissions(refused), queues(missing), Self.fullness(full)]
                + stored()
        } catch {
            return [
                DoctorRow("broker", .failed, ErrorText.reason(error), advice: "check broker.url; is RabbitMQ running?"),
                DoctorRow("version", .skipped, "the broker cannot be reached"),
                DoctorRow("permissions", .skipped, "the broker cannot be reached"),
            ]
        }
    }

    private func reachable(_ status: ClientStatus) -> DoctorRow {
        if case .blocked(let reason) = status.publishing.state {
            return DoctorRow(
                "broker",
                .failed,
                "reachable, but it blocks publishers: \(reason)",
                advice: "free memory or disk on the broker's machine"
            )
        }
        return DoctorRow("broker", .ok, "reachable at \(status.consuming.endpoint ?? "the configured address")")
    }

    private func version(_ status: ClientStatus) -> DoctorRow {
        let found = "\(status.consuming.product ?? "unknown") \(status.consuming.version ?? "")"
        let numbers = (status.consuming.version ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
        guard status.consuming.product == "RabbitMQ", !numbers.lexicographicallyPrecedes(Self.oldestBroker) else {
            return DoctorRow("version", .failed, found, advice: "install RabbitMQ 3.10 or later")
        }
        return DoctorRow("version", .ok, found)
    }

    private func permissions(_ refused: [String]) -> DoctorRow {
        guard let first = refused.first else {
            return DoctorRow("permissions", .ok, "the account may use the offices' queues")
        }
        return DoctorRow(
            "permissions",
            .failed,
            "the account may not use \(first)" + (refused.count > 1 ? " and \(refused.count - 1) more" : ""),
            advice: "rabbitmqctl set_permissions; see deploy/rabbitmq/README.md"
        )
    }

    private func queues(_ missing: [String]) -> DoctorRow {
        guard let first = missing.first else {
            return DoctorRow("queues", .ok, "every office has its queue")
        }
        return DoctorRow(
            "queues",
            .failed,
            "\(first)" + (missing.count > 1 ? " and \(missing.count - 1) more" : "") + " missing",
            advice: "lockstep topology apply"
        )
    }

    private static func fullness(_ full: [String]) -> DoctorRow {
        guard !full.isEmpty else { return DoctorRow("fullness", .ok, "no queue is near its alarm") }
        return DoctorRow(
            "fullness",
            .warning,
            "many deliveries are queued for \(full.joined(separator: ", "))",
            advice: "start or resume them, or delete them, before the broker's disk is full or a limit holds events up"
        )
    }

    private static func fullness(of office: Subscription, _ waiting: Int) -> String {
        guard let limit = office.limit else { return "\(office.office) (\(NumberText.grouped(waiting)))" }
        let isFull = QueueAlarms.Level(of: office, waiting: waiting) == .full
        return "\(office.office) (\(NumberText.grouped(waiting)) of \(NumberText.grouped(limit))"
            + (isFull ? ": events that it wants are held up for everybody)" : ")")
    }

    /// What the hub's store has that cannot be used.
    private func stored() -> [DoctorRow] {
        configuration.stored.problems.map { problem in
            DoctorRow("subscriptions", .failed, problem.description, advice: "lockstep subscriptions list")
        }
    }

    private func management() async -> [DoctorRow] {
        do {
            let overview = try await configuration.management.overview()
            let nodes = try await configuration.management.nodes()
            var rows = [DoctorRow("management", .ok, "RabbitMQ \(overview.version) answers")]
            let alarmed = nodes.filter { $0.memoryAlarm == true || $0.diskAlarm == true }
            if alarmed.isEmpty {
                rows.append(DoctorRow("alarms", .ok, "none on \(NumberText.count(nodes.count, "node", "nodes"))"))
            } else {
                rows.append(
                    DoctorRow(
                        "alarms",
                        .failed,
                        "memory or disk is short on \(alarmed.map(\.name).joined(separator: ", "))",
                        advice: "publishers are blocked until there is room again"
                    )
                )
            }
            return rows
        } catch {
            return [
                DoctorRow(
                    "management",
                    .failed,
                    error.message,
                    advice: "rabbitmq-plugins enable rabbitmq_management; the user needs the tag 'monitoring'"
                ),
                DoctorRow("alarms", .skipped, "the management API does not answer"),
            ]
        }
    }

    private func topology() async -> DoctorRow {
        do {
            let plan = try await operations.plan()
            let differences = plan.differences
            guard let first = differences.first else {
                return DoctorRow("topology", .ok, "\(plan.items.count) objects as configured")
            }
            let more = differences.count > 1 ? " and \(differences.count - 1) more" : ""
            if let due = differences.first(where: { $0.differs && $0.kind == "queue" }),
                !differences.contains(where: { $0.differs && $0.kind != "queue" })
            {
                return DoctorRow(
                    "topology", .failed, "queue \(due.name)\(more) not as configured: a migration is due",
                    advice: "lockstep topology migrate")
            }
            return DoctorRow(
                "topology",
                plan.canBeApplied ? .warning : .failed,
                "\(first.kind) \(first.name)\(more) not as configured",
                advice: "lockstep topology plan"
            )
        } catch {
            return DoctorRow("topology", .skipped, "the management API does not answer")
        }
    }
}
