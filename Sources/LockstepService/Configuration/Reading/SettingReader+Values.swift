import FoundationEssentials
import Lockstep

extension SettingReader {
    /// The text as it stands in the file, before variables are put in.
    mutating func rawText(_ setting: Setting) -> String? {
        switch setting.content {
        case .text(let text): return text
        case .nothing: report("'\(setting.name)' is empty; give it a value, or remove the key", at: setting.place)
        case .list, .mapping:
            report("'\(setting.name)' needs a single value, not \(setting.kind)", at: setting.place)
        }
        return nil
    }

    /// A text with the environment's variables in their places; of what was stored, only secrets may name any.
    ///
    /// Else whoever may make a subscription could have this process's secrets sent to a place of their choice, or shown.
    mutating func text(_ setting: Setting, isSecret: Bool = false) -> String? {
        guard let raw = rawText(setting) else { return nil }
        do {
            let text = try VariableText(raw)
            if isStored, !isSecret, text.namesVariables {
                report(
                    "'\(setting.name)' names an environment variable; of a subscription that is not in a file only the "
                        + "secrets may", at: setting.place)
                return nil
            }
            return try text.filled(from: variables)
        } catch {
            report(error.message, at: setting.place)
            return nil
        }
    }

    /// A value that the domain makes of a text; its errors say "not a …".
    mutating func value<Value>(
        _ setting: Setting,
        _ make: (String) throws(LockstepError) -> Value
    ) -> Value? {
        guard let text = text(setting) else { return nil }
        do {
            return try make(text)
        } catch {
            report("\(shown(setting)) is \(error.message)", at: setting.place)
            return nil
        }
    }

    /// One of a few words.
    mutating func choice<Value>(_ setting: Setting, among choices: [(name: String, value: Value)]) -> Value? {
        guard let text = text(setting) else { return nil }
        if let choice = choices.first(where: { $0.name == text }) { return choice.value }
        let names = choices.map(\.name)
        let hint = NearestName.of(text, among: names).map { "; did you mean '\($0)'?" } ?? ""
        report(
            "'\(setting.name)' is one of \(names.joined(separator: ", ")), not \(shown(setting))\(hint)",
            at: setting.place
        )
        return nil
    }

    /// Yes or no.
    mutating func boolean(_ setting: Setting) -> Bool? {
        choice(setting, among: [(name: "true", value: true), (name: "false", value: false)])
    }

    /// A whole number in a range.
    mutating func integer(_ setting: Setting, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            report(
                "'\(setting.name)' needs a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not \(shown(setting))",
                at: setting.place
            )
            return nil
        }
        return number
    }

    /// A duration in a range, like `5s`.
    mutating func duration(_ setting: Setting, in range: ClosedRange<Duration>) -> Duration? {
        guard let text = text(setting) else { return nil }
        guard let duration = DurationText.duration(text), range.contains(duration) else {
            report(
                "'\(setting.name)' needs a duration from \(DurationText.text(range.lowerBound)) to "
                    + "\(DurationText.text(range.upperBound)), like 500ms, 5s, 2m or 1h, not \(shown(setting))",
                at: setting.place
            )
            return nil
        }
        return duration
    }

    /// A number of bytes in a range, like `1 MiB`.
    mutating func byteSize(_ setting: Setting, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(setting) else { return nil }
        guard let bytes = ByteSizeText.bytes(text), range.contains(bytes) else {
            report(
                "'\(setting.name)' needs a size from \(ByteSizeText.text(range.lowerBound)) to "
                    + "\(ByteSizeText.text(range.upperBound)), like 512 KiB or 1 MiB, not \(shown(setting))",
                at: setting.place
            )
            return nil
        }
        return bytes
    }

    /// A path; a relative one counts from the file's directory.
    mutating func path(_ setting: Setting) -> URL? {
        guard let text = text(setting) else { return nil }
        guard !text.isEmpty else {
            report("'\(setting.name)' is empty; give it a path, or remove the key", at: setting.place)
            return nil
        }
        return URL(filePath: text, relativeTo: directory).standardizedFileURL
    }

    /// A file that has to be there and readable.
    mutating func existingFile(_ setting: Setting) -> URL? {
        guard let path = path(setting) else { return nil }
        guard files.contains(path) else {
            report(
                "'\(setting.name)' may only name a file below the directory of the hub's lockstep.yaml; put it there, or "
                    + "name it with 'lockstep subscriptions' on the hub's machine", at: setting.place)
            return nil
        }
        guard FileManager.default.isReadableFile(atPath: path.path) else {
            report(
                "'\(setting.name)' names the file \(path.path), which is not there or may not be read; "
                    + "check the path and its permissions",
                at: setting.place
            )
            return nil
        }
        return path
    }

    /// The value as the file has it: what a variable put into it stays out of messages.
    func shown(_ setting: Setting) -> String {
        guard case .text(let raw) = setting.content else { return setting.kind }
        let line = raw.split(whereSeparator: \.isNewline).first ?? ""
        return line.count == raw.count && raw.count <= 80 ? "'\(raw)'" : "'\(line.prefix(80))…'"
    }
}
