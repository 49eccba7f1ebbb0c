import FoundationEssentials

/// The keys of `outbox`.
enum OutboxKey: String, SettingKey {
    case sqlite, postgres, keep, batch
}

extension SettingReader {
    mutating func outbox(_ setting: Setting) -> OutboxConfiguration? {
        guard let section = section(setting, OutboxKey.self) else { return nil }
        var outbox = OutboxConfiguration()
        if let setting = section[.sqlite], let file = path(setting) { outbox.database = .sqlite(file) }
        if let setting = section[.postgres], let connection = text(setting) {
            if section[.sqlite] != nil {
                report("'sqlite' and 'postgres' are both there; an outbox is in one database", at: setting.place)
            }
            outbox.database = .postgres(connection)
        }
        if let setting = section[.keep], let keep = duration(setting, in: .seconds(0)...(.seconds(365 * 86_400))) {
            outbox.keep = keep
        }
        if let setting = section[.batch], let batch = integer(setting, in: 1...10_000) { outbox.batch = batch }
        return outbox
    }
}
