import Lockstep
import Logging

/// The keys of the file itself.
enum RootKey: String, SettingKey {
    case broker, origin, state, outbox, offices, archive, ledger, reconcile, hub, metrics, limits, log
}

/// The keys of `ledger`.
enum LedgerKey: String, SettingKey {
    case keep, publications
}

/// The keys of `limits`.
enum LimitsKey: String, SettingKey {
    case event, age
}

/// The keys of `log`.
enum LoggingKey: String, SettingKey {
    case level, format, traces
}

extension SettingReader {
    /// Reads the whole file into a configuration that holds the defaults.
    mutating func read(_ root: Setting, into configuration: inout Configuration) {
        guard let section = section(root, RootKey.self) else { return }
        if let setting = section[.broker], let broker = broker(setting) { configuration.broker = broker }
        if let setting = section[.origin], let origin = value(setting, Origin.init) { configuration.origin = origin }
        if let setting = section[.state], let state = path(setting) { configuration.state = state }
        if let setting = section[.outbox], let outbox = outbox(setting) { configuration.outbox = outbox }
        if let setting = section[.offices], let offices = offices(setting) { configuration.offices = offices }
        configuration.receivers = receivers
        if let setting = section[.archive], let archive = archive(setting) { configuration.archive = archive }
        if let setting = section[.ledger], let ledger = ledger(setting) { configuration.ledger = ledger }
        if let setting = section[.reconcile], let reconcile = reconcile(setting) { configuration.reconcile = reconcile }
        if let setting = section[.hub], let hub = hub(setting) { configuration.hub = hub }
        if let setting = section[.metrics], let metrics = metrics(setting) { configuration.metrics = metrics }
        if let setting = section[.limits], let limits = limits(setting) { configuration.limits = limits }
        if let setting = section[.log], let log = log(setting) { configuration.log = log }
    }

    private mutating func ledger(_ setting: Setting) -> LedgerConfiguration? {
        guard let section = section(setting, LedgerKey.self) else { return nil }
        var ledger = LedgerConfiguration()
        if let setting = section[.keep], let keep = duration(setting, in: .seconds(60) ... .seconds(3_650 * 86_400)) {
            ledger.keep = keep
        }
        if let setting = section[.publications],
            let publications = choice(setting, among: [(name: "true", value: true), (name: "false", value: false)])
        {
            ledger.publications = publications
        }
        return ledger
    }

    private mutating func limits(_ setting: Setting) -> LimitsConfiguration? {
        guard let section = section(setting, LimitsKey.self) else { return nil }
        var limits = LimitsConfiguration()
        if let setting = section[.event], let event = byteSize(setting, in: 1_024...16 * 1_048_576) {
            limits.event = event
        }
        if let setting = section[.age],
            let age = duration(setting, in: .seconds(7 * 86_400) ... .seconds(3_650 * 86_400))
        {
            limits.age = age
        }
        return limits
    }

    private mutating func log(_ setting: Setting) -> LogConfiguration? {
        guard let section = section(setting, LoggingKey.self) else { return nil }
        var log = LogConfiguration()
        if let setting = section[.level], let level = choice(setting, among: LogConfiguration.levels) {
            log.level = level
        }
        if let setting = section[.format], let format = choice(setting, among: LogConfiguration.formats) {
            log.format = format
        }
        if let setting = section[.traces],
            let traces = choice(setting, among: [(name: "true", value: true), (name: "false", value: false)])
        {
            log.traces = traces
        }
        return log
    }
}

extension LogConfiguration {
    /// The levels by the names that the file, the environment and the command line use.
    static let levels = Logger.Level.allCases.map { (name: $0.rawValue, value: $0) }
    /// The formats, likewise.
    static let formats = Format.allCases.map { (name: $0.rawValue, value: $0) }
}
