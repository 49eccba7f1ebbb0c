import Lockstep

/// The keys of `reconcile`.
enum ReconcileKey: String, SettingKey {
    case core, every
}

extension SettingReader {
    mutating func reconcile(_ setting: Setting) -> ReconcileConfiguration? {
        guard let section = section(setting, ReconcileKey.self) else { return nil }
        var reconcile = ReconcileConfiguration()
        if let setting = section[.core] { reconcile.core = value(setting, OfficeName.init) }
        if let setting = section[.every], let every = duration(setting, in: .seconds(10) ... .seconds(30 * 86_400)) {
            reconcile.every = every
        }
        return reconcile
    }
}
