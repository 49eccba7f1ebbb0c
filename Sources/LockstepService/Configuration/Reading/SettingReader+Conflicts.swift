import Lockstep

/// The keys of an office's `conflicts` that are no field's name.
enum ConflictsKey: String, SettingKey {
    case `default`, prefer
}

/// The one key of a policy that is a block.
private enum PreferKey: String, SettingKey {
    case prefer
}

extension SettingReader {
    /// Reads `conflicts`: one policy, or a block with the fields' names as its keys.
    mutating func conflicts(_ setting: Setting) -> ConflictPolicy? {
        guard case .mapping(let keys) = setting.content, !keys.isEmpty else {
            return resolver(setting).map { ConflictPolicy($0) }
        }
        if let prefer = keys.first(where: { $0.key == ConflictsKey.prefer.rawValue }) {
            guard keys.count > 1 else { return resolver(setting).map { ConflictPolicy($0) } }
            report(
                "'prefer' stands alone; for all fields but those that are named, write default: { prefer: [core] }",
                at: prefer.keyPlace
            )
            return nil
        }
        guard let entries = entries(setting) else { return nil }
        return policy(of: entries)
    }

    private mutating func policy(of entries: [Setting.Entry]) -> ConflictPolicy? {
        var policy = ConflictPolicy()
        var isWhole = true
        let standard = ConflictsKey.default.rawValue
        let hasStandard = entries.contains { $0.key == standard }
        for entry in entries {
            if !hasStandard, NearestName.of(entry.key, among: [standard]) != nil {
                report(
                    "did you mean '\(standard)'? If '\(entry.key)' is a field, write \(standard): newest beside it",
                    at: entry.keyPlace
                )
                isWhole = false
            }
            guard let resolver = resolver(entry.value) else {
                isWhole = false
                continue
            }
            if entry.key == standard { policy.standard = resolver } else { policy.fields[entry.key] = resolver }
        }
        return isWhole ? policy : nil
    }

    private mutating func resolver(_ setting: Setting) -> (any ConflictResolver)? {
        switch setting.content {
        case .mapping(let entries) where !entries.isEmpty:
            guard let section = section(setting, PreferKey.self), let prefer = section[.prefer] else { return nil }
            return preferred(prefer).map { .prefer($0) }
        case .text:
            guard let text = text(setting) else { return nil }
            switch text {
            case "newest": return .newest
            case "ask": return .ask
            default:
                let hint = NearestName.of(text, among: ["newest", "prefer"]).map { "; did you mean '\($0)'?" } ?? ""
                report("\(Self.forms(of: setting)), not '\(text)'\(hint)", at: setting.place)
                return nil
            }
        case .nothing, .list, .mapping:
            let isMistyped = NearestName.of(setting.name, among: [PreferKey.prefer.rawValue]) != nil
            let hint = isMistyped ? "; did you mean '\(PreferKey.prefer.rawValue)'?" : ""
            report("\(Self.forms(of: setting)), not \(setting.kind)\(hint)", at: setting.place)
            return nil
        }
    }

    private static func forms(of setting: Setting) -> String {
        "'\(setting.name)' is newest, ask or { prefer: [core] }"
    }

    private mutating func preferred(_ setting: Setting) -> [Origin]? {
        guard case .list(let items) = setting.content, !items.isEmpty else {
            report(
                "'prefer' needs a list of origins, the most preferred first, like [core, ward-3], not "
                    + (setting.kind == "a list" ? "an empty one" : setting.kind),
                at: setting.place
            )
            return nil
        }
        var origins: [Origin] = []
        for item in items {
            guard let origin = value(item, Origin.init) else { return nil }
            guard !origins.contains(origin) else {
                report("'\(origin)' stands twice in the list; keep the first one", at: item.place)
                return nil
            }
            origins.append(origin)
        }
        return origins
    }
}
