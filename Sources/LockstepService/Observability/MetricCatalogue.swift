import PrometheusText

/// The metrics that Lockstep's processes show, with what each one means.
enum MetricCatalogue {
    /// All of them; the guide "Metrics" has the same names.
    static let all: [MetricDescription] = client + publishing + offices + outbox + ledger + drift + process

    /// Their names.
    static let names = all.map(\.name)

    /// From a millisecond to a week: an office may be away for long.
    private static let delays: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400,
        604_800,
    ]

    private static let client: [MetricDescription] = [
        .init("rabbitmq_client_connection_up", "Whether a connection to the broker is made and set up: 1 or 0."),
        .init("rabbitmq_client_connection_blocked", "Whether the broker takes nothing on a connection: 1 or 0."),
        .init("rabbitmq_client_blocked_seconds_total", "Time for which the broker took nothing."),
        .init("rabbitmq_client_connects_total", "Times that a connection was made."),
        .init("rabbitmq_client_connection_losses_total", "Times that a connection was lost."),
        .init("rabbitmq_client_messages_published_total", "Messages that were handed to the client to publish."),
        .init("rabbitmq_client_messages_confirmed_total", "Messages that the broker confirmed."),
        .init("rabbitmq_client_messages_returned_total", "Messages that the broker could route to no queue."),
        .init("rabbitmq_client_messages_refused_total", "Messages that the broker refused (basic.nack)."),
        .init("rabbitmq_client_messages_failed_total", "Messages of calls that failed; some may have arrived."),
    ]

    private static let publishing: [MetricDescription] = [
        .init("lockstep_events_published_total", "Events handed over to be published; again counts again."),
        .init("lockstep_events_confirmed_total", "Events that the broker has safe."),
        .init("lockstep_events_returned_total", "Events that the broker could route nowhere."),
        .init("lockstep_events_refused_total", "Events that the broker refused; of a relay at each try."),
        .init("lockstep_events_failed_total", "Events of calls that failed; some may have arrived."),
        .init(
            "lockstep_publish_seconds", "Time from a call that publishes to the broker's last answer.", buckets: delays),
    ]

    private static let offices: [MetricDescription] = [
        .init("lockstep_office_deliveries_total", "Deliveries that a worker has answered for."),
        .init("lockstep_office_events_total", "Events that the replica has committed, by what merging them did."),
        .init("lockstep_office_undecodable_total", "Deliveries that are no events."),
        .init("lockstep_office_retries_total", "Deliveries that are to come again later, by class of failure."),
        .init("lockstep_office_dead_letters_total", "Deliveries that were given up, by class of failure."),
        .init(
            "lockstep_office_publish_to_commit_seconds",
            "Time from an event's version to its commit in the replica; by two clocks, if on two machines.",
            buckets: delays),
        .init("lockstep_office_batch_seconds", "Time that a batch of deliveries was in hand.", buckets: delays),
        .init("lockstep_office_adapter_seconds", "Time that a call of the office's adapter took.", buckets: delays),
        .init(
            "lockstep_office_oldest_unapplied_seconds",
            "Age of the oldest change that the worker has in hand or has put off; 0 where it has none."),
        .init("lockstep_office_queued_events", "Deliveries in the office's queue that nobody has been handed."),
        .init("lockstep_office_queue_alarm_events", "How many of them are too many ('alarm' of the configuration)."),
        .init(
            "lockstep_office_queue_limit_events",
            "How many of them the queue takes ('limit' of the configuration); 0 where it has no limit."),
        .init(
            "lockstep_office_migration_due",
            "Whether the office's queue has other arguments than the configuration asks for: 1 or 0."),
        .init(
            "lockstep_office_breaker_open", "Whether the worker has stopped trying since the office is down: 1 or 0."),
        .init("lockstep_office_gone", "Whether the office's system has said that it is gone: 1 or 0."),
    ]

    private static let outbox: [MetricDescription] = [
        .init("lockstep_relay_at_work", "Whether the relay works, and does not stand by: 1 or 0."),
        .init("lockstep_outbox_waiting_events", "Events of the outbox that wait to be published."),
        .init("lockstep_outbox_oldest_waiting_seconds", "Age of the oldest of them; 0 where none waits."),
        .init("lockstep_outbox_unrouted_events", "Rows of the outbox that the broker could route nowhere."),
        .init("lockstep_outbox_refused_events", "Rows of the outbox that cannot be published."),
    ]

    private static let ledger: [MetricDescription] = [
        .init("lockstep_ledger_reports_total", "Reports that the ledger has taken in, by kind."),
        .init("lockstep_ledger_store_failures_total", "Times that the ledger's file could not be written."),
    ]

    private static let drift: [MetricDescription] = [
        .init("lockstep_drift_comparisons_total", "Comparisons of an office with the core, by result."),
        .init("lockstep_drift_found_total", "Records in which an office differed from the core, by kind."),
        .init("lockstep_drift_repaired_total", "Records of which either side was sent what it lacked."),
    ]

    private static let process: [MetricDescription] = [
        .init("lockstep_build_info", "Which release runs; always 1."),
        .init("process_start_time_seconds", "When the process began, in seconds since 1970."),
        .init("process_cpu_seconds_total", "Processor time of the process."),
        .init("process_resident_memory_bytes", "Memory of the process that is in RAM."),
        .init("process_open_fds", "Open file descriptors of the process."),
    ]
}
