/// The keys of `archive`.
enum ArchiveKey: String, SettingKey {
    case keep, size
}

extension SettingReader {
    mutating func archive(_ setting: Setting) -> ArchiveConfiguration? {
        guard let section = section(setting, ArchiveKey.self) else { return nil }
        var archive = ArchiveConfiguration()
        if let setting = section[.keep], let keep = duration(setting, in: .seconds(60) ... .seconds(3_650 * 86_400)) {
            archive.keep = keep
        }
        if let setting = section[.size], let size = byteSize(setting, in: (20 << 20)...(1 << 40)) {
            archive.size = size
        }
        return archive
    }
}
