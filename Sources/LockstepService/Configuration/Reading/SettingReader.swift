import FoundationEssentials
import Lockstep

/// Reads settings into values, and collects all that is wrong on the way.
///
/// A reading method returns nil where it reported a problem, so that reading goes on with the next key.
struct SettingReader {
    /// The file as it is named in problems.
    let file: String
    /// The directory of the file: what relative paths are relative to.
    let directory: URL
    /// The environment's variables.
    let variables: [String: String]
    /// Whether what is read was stored at somebody's request, and is not the file of whoever runs this process.
    let isStored: Bool
    /// Whether what was stored may have callbacks to addresses of this machine and of private networks.
    var storedMayBePrivate = false
    /// Which files may be named.
    var files = NamedFiles.all
    private(set) var problems: [ConfigurationProblem] = []
    /// What the offices that were read say of receiving.
    var receivers: [OfficeName: ReceiveConfiguration] = [:]

    init(file: String, directory: URL, variables: [String: String], isStored: Bool = false) {
        self.isStored = isStored
        self.file = file
        self.directory = directory
        self.variables = variables
    }

    mutating func report(_ message: String, at place: Setting.Place) {
        problems.append(
            ConfigurationProblem(source: file, line: place.line, column: place.column, message: message))
    }

    /// Reads a block of keys; nothing at all counts as a block without keys.
    mutating func section<Key: SettingKey>(_ setting: Setting, _ keys: Key.Type) -> SettingSection<Key>? {
        guard let entries = entries(setting) else { return nil }
        var section = SettingSection<Key>(place: setting.place)
        for entry in entries {
            if let key = Key(rawValue: entry.key) {
                section[key] = entry.value
            } else {
                report(unknown(entry.key, among: Key.allCases.map(\.rawValue)), at: entry.keyPlace)
            }
        }
        return section
    }

    /// Reads a block whose keys are names of the operator's choice.
    mutating func entries(_ setting: Setting) -> [Setting.Entry]? {
        switch setting.content {
        case .nothing: return []
        case .mapping(let entries):
            var seen: Set<String> = []
            for entry in entries where !seen.insert(entry.key).inserted {
                report("'\(entry.key)' stands twice in the same block; keep one of them", at: entry.keyPlace)
            }
            return entries
        case .text, .list:
            report("'\(setting.name)' needs a block of keys below it, not \(setting.kind)", at: setting.place)
            return nil
        }
    }

    /// Reads a list, leaving out what `read` refuses; nothing at all counts as an empty list.
    mutating func list<Value>(
        _ setting: Setting,
        like example: String,
        _ read: (inout SettingReader, Setting) -> Value?
    ) -> [Value]? {
        switch setting.content {
        case .nothing: return []
        case .list(let items): return items.compactMap { read(&self, $0) }
        case .text, .mapping:
            report("'\(setting.name)' needs a list, like \(example), not \(setting.kind)", at: setting.place)
            return nil
        }
    }

    /// Reads a setting that may be missing: then the standard holds.
    mutating func read<Value>(
        _ setting: Setting?,
        or standard: Value?,
        _ read: (inout SettingReader, Setting) -> Value?
    ) -> Value? {
        guard let setting else { return standard }
        return read(&self, setting)
    }

    private func unknown(_ key: String, among known: [String]) -> String {
        let advice =
            NearestName.of(key, among: known).map { "did you mean '\($0)'?" }
            ?? "the keys here are \(known.joined(separator: ", "))"
        return "unknown key '\(key)'; \(advice)"
    }
}

/// Which files settings may name.
enum NamedFiles: Sendable {
    /// All that this process may read.
    case all
    /// Those in a directory, and below it; nil: none at all.
    ///
    /// For settings of somebody who is not on this machine: what is said of a file would tell them whether it is there.
    case below(URL?)

    func contains(_ file: URL) -> Bool {
        switch self {
        case .all: true
        case .below(let directory):
            directory.map { file.path.hasPrefix($0.standardizedFileURL.path.withSlash) } ?? false
        }
    }
}

extension String {
    fileprivate var withSlash: String { hasSuffix("/") ? self : self + "/" }
}

/// The keys that a block of the file may have.
protocol SettingKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {}

/// A block of the file, by its keys.
struct SettingSection<Key: SettingKey> {
    let place: Setting.Place
    private var settings: [Key: Setting] = [:]

    init(place: Setting.Place) { self.place = place }

    subscript(key: Key) -> Setting? {
        get { settings[key] }
        set { settings[key] = newValue }
    }
}
