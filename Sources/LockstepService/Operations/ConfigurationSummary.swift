import FoundationEssentials
import Lockstep
import Logging
import RabbitMQ

/// What `lockstep config check` says of a configuration that can be used.
public struct ConfigurationSummary: Detailed {
    /// An office of the configuration.
    public struct Office: TableRow, Hashable {
        /// Its name.
        public var office: String
        /// Its patterns.
        public var events: [String]
        /// `immediate`, or how it is batched.
        public var delivery: String
        /// How often a delivery is tried.
        public var attempts: Int
        /// The delays between tries.
        public var delays: [String]
        /// How many mappings its calendar has.
        public var calendarMappings: Int
        /// Where it is told of its changes, without what may be secret; null: it runs a worker.
        @OrNull public var callback: String?

        public static let columns: [TableColumn<Office>] = [
            .text("OFFICE") { $0.office },
            .text("EVENTS", isFlexible: true) { $0.events.joined(separator: ", ") },
            .text("DELIVERY") { $0.delivery },
            .number("ATTEMPTS") { $0.attempts },
            .text("DELAYS") { $0.delays.joined(separator: " ") },
            .number("CALENDAR") { $0.calendarMappings },
            .text("CALLBACK") { $0.callback ?? "" },
        ]
    }

    /// The file; null: there is none, and the defaults hold.
    @OrNull public var file: String?
    /// The broker's addresses, without passwords.
    public var broker: [String]
    /// The management's address, without user and password.
    public var management: String
    /// Who publishes from here; null: nobody.
    @OrNull public var origin: String?
    /// The state's directory.
    public var state: String
    /// The core app's database with the outbox, as far as it is no secret; null: there is none.
    @OrNull public var outbox: String?
    /// How long the ledger remembers an event, in seconds.
    public var ledgerKeepSeconds: Int
    /// Whether what is published from here is reported to the ledger.
    public var ledgerPublications: Bool
    /// Where metrics are shown; null: nowhere.
    @OrNull public var metrics: String?
    /// The largest event, in bytes.
    public var largestEvent: Int
    /// The least important level that is logged.
    public var logLevel: String
    /// How the log looks.
    public var logFormat: String
    /// The offices.
    public var offices: [Office]

    /// Sums a configuration up.
    public init(_ configuration: Configuration) {
        file = configuration.file?.path
        broker = configuration.broker.endpoints.map(\.description)
        management = configuration.broker.management.url
        origin = configuration.origin?.text
        state = configuration.state.path
        outbox = configuration.outbox.database?.shown
        ledgerKeepSeconds = Int(configuration.ledger.keep.components.seconds)
        ledgerPublications = configuration.ledger.publications
        metrics = configuration.metrics.listen?.description
        largestEvent = configuration.limits.event
        logLevel = configuration.log.level.rawValue
        logFormat = configuration.log.format.rawValue
        offices = configuration.offices.map { office in
            Office(
                office: office.office.text,
                events: office.events.map(\.text),
                delivery: office.delivery.within.map {
                    "\(NumberText.grouped(office.delivery.events)) or \(DurationText.text($0))"
                } ?? "immediate",
                attempts: office.retry.attempts,
                delays: office.retry.delays.map(\.name),
                calendarMappings: office.calendar.count,
                callback: office.callback?.place
            )
        }
    }

    public var details: [Detail] {
        [
            Detail("file", file ?? "none; the defaults hold"),
            Detail("broker", broker.joined(separator: "\n")),
            Detail("management", management),
            Detail("origin", origin ?? "none; 'lockstep publish' needs one"),
            Detail("state", state),
            Detail("outbox", outbox ?? "none; 'lockstep relay' needs one"),
            Detail(
                "ledger",
                "keeps \(DurationText.text(.seconds(ledgerKeepSeconds)))"
                    + (ledgerPublications ? "" : "; is not told what is published here")),
            Detail("metrics", metrics.map { "http://\($0)/metrics" } ?? "none"),
            Detail("largest event", ByteSizeText.text(largestEvent)),
            Detail("log", "\(logLevel), \(logFormat)"),
        ]
    }

    /// The whole answer: `ok`, the details, and the offices.
    public func text(width: Int?) -> String {
        let table =
            offices.isEmpty ? "no offices\n" : TextTable.text(offices, width: width)
        return "ok\n\n" + DetailText.text(details) + "\n" + table
    }
}
