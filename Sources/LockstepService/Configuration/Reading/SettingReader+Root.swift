import Lockstep
import Logging

/// The keys of the file itself.
enum RootKey: String, SettingKey {
    case broker, origin, state, outbox, offices, limits, log
}

/// The keys of `limits`.
enum LimitsKey: String, SettingKey {
    case event
}

/// The keys of `log`.
enum LoggingKey: String, SettingKey {
    case level, format
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
        if let setting = section[.limits], let limits = limits(setting) { configuration.limits = limits }
        if let setting = section[.log], let log = log(setting) { configuration.log = log }
    }

    private mutating func limits(_ setting: Setting) -> LimitsConfiguration? {
        guard let section = section(setting, LimitsKey.self) else { return nil }
        var limits = LimitsConfiguration()
        if let setting = section[.event], let event = byteSize(setting, in: 1_024...16 * 1_048_576) {
            limits.event = event
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
        return log
    }
}

extension LogConfiguration {
    /// The levels by the names that the file, the environment and the command line use.
    static let levels = Logger.Level.allCases.map { (name: $0.rawValue, value: $0) }
    /// The formats, likewise.
    static let formats = Format.allCases.map { (name: $0.rawValue, value: $0) }
}
