import FoundationEssentials
import Lockstep
import LockstepHTTP

/// The keys of an office's `callback`.
enum CallbackKey: String, SettingKey {
    case url, content, mode, secret, secrets, secretFile, timeout, privateAddresses, ca, handshake
}

extension SettingReader {
    /// The most secrets of a callback: each of them makes every request longer.
    private static let mostSecrets = 8

    /// Reads `callback`.
    mutating func callback(_ setting: Setting) -> Callback?? {
        let problemsBefore = problems.count
        guard let section = section(setting, CallbackKey.self) else { return nil }
        guard let address = section[.url] else {
            report(
                "the callback does not say where; give it a 'url', like https://office.example.org/sync_callback",
                at: setting.place)
            return nil
        }
        var callback = Callback(url: "")
        callback.content =
            read(section[.content], or: callback.content) { $0.choice($1, among: Self.contents) } ?? .state
        callback.mode = read(section[.mode], or: callback.mode) { $0.choice($1, among: Self.modes) } ?? .structured
        callback.timeout =
            read(section[.timeout], or: callback.timeout) {
                $0.duration($1, in: .milliseconds(100) ... .seconds(60))
            } ?? callback.timeout
        callback.allowsPrivateAddresses = read(section[.privateAddresses], or: false) { $0.boolean($1) } ?? false
        if callback.allowsPrivateAddresses, isStored, !storedMayBePrivate, let setting = section[.privateAddresses] {
            report(
                "'privateAddresses' of a subscription that is not in a file needs 'hub: { privateAddresses: true }' in "
                    + "lockstep.yaml; else whoever may make one could reach what only this machine and its network may",
                at: setting.place)
        }
        if let setting = section[.handshake] { handshake(setting, &callback) }
        callback.caFile = section[.ca].flatMap { existingFile($0) }?.path
        callback.secrets = secrets(section)
        if let url = text(address) {
            callback.url = url
            // Whoever posts says best what it cannot post to.
            do throws(LockstepError) {
                if problems.count == problemsBefore { _ = try WebhookAdapter(callback) }
            } catch {
                report(error.message, at: address.place)
            }
        }
        guard problems.count == problemsBefore else { return nil }
        return .some(callback)
    }

    private static let contents: [(name: String, value: Callback.Content)] = [("state", .state), ("events", .events)]
    private static let modes: [(name: String, value: Callback.Mode)] = [
        ("structured", .structured), ("binary", .binary),
    ]

    private mutating func handshake(_ setting: Setting, _ callback: inout Callback) {
        guard let text = text(setting) else { return }
        callback.asksPermission = text != "false"
        guard text != "true", text != "false" else { return }
        let isName =
            text.utf8.count <= 253 && text.contains(".")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
        guard isName else {
            report(
                "'handshake' is true, false, or the DNS name by which the receiver is asked, like lockstep.example.org",
                at: setting.place)
            return
        }
        callback.sender = text
    }

    private mutating func secrets(_ section: SettingSection<CallbackKey>) -> [String] {
        let given = [CallbackKey.secret, .secrets, .secretFile].filter { section[$0] != nil }
        if given.count > 1, let second = section[given[1]] {
            report("'\(given[1].rawValue)' stands beside '\(given[0].rawValue)'; keep one of them", at: second.place)
            return []
        }
        if let setting = section[.secret] { return secret(setting).map { [$0] } ?? [] }
        if let setting = section[.secretFile] { return secretsOfFile(setting) }
        guard let setting = section[.secrets] else { return [] }
        let all = list(setting, like: "[\"${WEBHOOK_SECRET}\", \"${OLD_WEBHOOK_SECRET}\"]") { $0.secret($1) }
        return checked(all ?? [], at: setting)
    }

    private mutating func secret(_ setting: Setting) -> String? {
        guard let raw = rawText(setting), let text = text(setting, isSecret: true) else { return nil }
        if !isStored, (try? VariableText(raw))?.isPlain(but: "whsec_") != false {
            report(
                "the secret stands here in plain text; write ${WEBHOOK_SECRET} and set that variable, "
                    + "or name a 'secretFile'",
                at: setting.place)
            return nil
        }
        return usable(text, at: setting.place)
    }

    private mutating func secretsOfFile(_ setting: Setting) -> [String] {
        guard let file = existingFile(setting) else { return [] }
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(whereSeparator: \.isNewline)
        guard !lines.isEmpty else {
            report("the file \(file.path) has no secret; write one in each line, the newest first", at: setting.place)
            return []
        }
        return checked(lines.compactMap { usable(String($0), at: setting.place) }, at: setting)
    }

    private mutating func checked(_ secrets: [String], at setting: Setting) -> [String] {
        guard secrets.count > Self.mostSecrets else { return secrets }
        report("'\(setting.name)' has more than \(Self.mostSecrets) secrets; take out the old ones", at: setting.place)
        return []
    }

    private mutating func usable(_ text: String, at place: Setting.Place) -> String? {
        do throws(LockstepError) {
            _ = try WebhookSecret(text)
            return text
        } catch {
            report(error.message, at: place)
            return nil
        }
    }
}
