/// The keys of `metrics`.
enum MetricsKey: String, SettingKey {
    case listen, exposed
}

extension SettingReader {
    mutating func metrics(_ setting: Setting) -> MetricsConfiguration? {
        guard let section = section(setting, MetricsKey.self) else { return nil }
        var metrics = MetricsConfiguration()
        if let setting = section[.exposed],
            let exposed = choice(setting, among: [(name: "true", value: true), (name: "false", value: false)])
        {
            metrics.exposed = exposed
        }
        guard let listen = section[.listen], let text = text(listen) else { return metrics }
        guard let address = ListenAddress(text) else {
            report("'listen' needs \(ListenAddress.form), not '\(text)'", at: listen.place)
            return nil
        }
        metrics.listen = address
        if let refusal = metrics.refusal {
            report(refusal, at: listen.place)
            return nil
        }
        return metrics
    }
}
