import FoundationEssentials
import Lockstep
import LockstepHTTP

/// The keys of an office's `receive`.
enum ReceiveKey: String, SettingKey {
    case listen, exposed, path, tls, secret, secrets, secretFile, tolerance, binary
}

/// The keys of the `tls` of what listens.
enum ListenTLSKey: String, SettingKey {
    case certificate, key
}

extension SettingReader {
    /// Reads an office's `receive` and remembers it.
    mutating func receive(_ setting: Setting, for office: OfficeName?) {
        guard !isStored else {
            // Else whoever may make a subscription could have this machine listen.
            return report("'receive' can only stand in a file", at: setting.place)
        }
        if let receive = receive(setting), let office { receivers[office] = receive }
    }

    private mutating func receive(_ setting: Setting) -> ReceiveConfiguration? {
        guard let section = section(setting, ReceiveKey.self) else { return nil }
        let problemsBefore = problems.count
        var receive = ReceiveConfiguration()
        if let setting = section[.exposed], let exposed = boolean(setting) { receive.exposed = exposed }
        if let setting = section[.path], let path = text(setting) {
            if ReceiveConfiguration.isPath(path) {
                receive.path = path
            } else {
                report("'path' needs a path of a URL, like /sync_callback, not \(shown(setting))", at: setting.place)
            }
        }
        if let setting = section[.tolerance], let time = duration(setting, in: .seconds(1) ... .seconds(3_600)) {
            receive.tolerance = time
        }
        if let setting = section[.binary], let allows = boolean(setting) { receive.allowsBinary = allows }
        if let setting = section[.tls] { receive.tls = listenTLS(setting) }
        if let setting = section[.listen], let text = text(setting) {
            if let address = ListenAddress(text) {
                receive.listen = address
                if section[.tls] == nil, let refusal = receive.refusal { report(refusal, at: setting.place) }
            } else {
                report("'listen' needs \(ListenAddress.form), not '\(text)'", at: setting.place)
            }
        }
        receive.secrets = secrets(of: section)
        return problems.count == problemsBefore ? receive : nil
    }

    private mutating func listenTLS(_ setting: Setting) -> ReceiveConfiguration.TLS? {
        guard let section = section(setting, ListenTLSKey.self) else { return nil }
        guard let certificate = section[.certificate], let key = section[.key] else {
            report("'tls' needs both 'certificate' and 'key', PEM files", at: setting.place)
            return nil
        }
        guard let certificate = existingFile(certificate), let key = existingFile(key) else { return nil }
        return ReceiveConfiguration.TLS(certificate: certificate.path, key: key.path)
    }

    private mutating func secrets(of section: SettingSection<ReceiveKey>) -> [WebhookSecret] {
        let given = [section[.secret], section[.secrets], section[.secretFile]].compactMap(\.self)
        if given.count > 1 {
            report("keep one of 'secret', 'secrets' and 'secretFile'", at: given[1].place)
            return []
        }
        if let setting = section[.secret] { return receivingSecret(setting).map { [$0] } ?? [] }
        if let setting = section[.secrets] {
            return list(setting, like: "[\"${OLD_SECRET}\", \"${NEW_SECRET}\"]") { $0.receivingSecret($1) } ?? []
        }
        guard let setting = section[.secretFile], let file = existingFile(setting) else { return [] }
        guard let text = try? String(contentsOf: file, encoding: .utf8),
            let secrets = ReceiveConfiguration.secrets(in: text)
        else {
            report(
                "the file \(file.path) must have one secret a line, like \"whsec_$(openssl rand -base64 32)\" makes one",
                at: setting.place)
            return []
        }
        return secrets
    }

    private mutating func receivingSecret(_ setting: Setting) -> WebhookSecret? {
        guard let raw = rawText(setting) else { return nil }
        guard raw.hasPrefix("${"), let text = text(setting) else {
            if !raw.hasPrefix("${") {
                report(
                    "the secret stands here in plain text; write ${WEBHOOK_SECRET} and set that variable, or name a "
                        + "'secretFile'", at: setting.place)
            }
            return nil
        }
        do throws(LockstepError) {
            return try WebhookSecret(text)
        } catch {
            report(error.message, at: setting.place)
            return nil
        }
    }
}
