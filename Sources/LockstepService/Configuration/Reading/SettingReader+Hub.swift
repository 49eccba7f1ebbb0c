/// The keys of `hub`.
enum HubKey: String, SettingKey {
    case listen, exposed, tls, requests, privateAddresses
}

/// The keys of `hub.tls`.
enum HubTLSKey: String, SettingKey {
    case certificate, key
}

/// The keys of `hub.requests`.
enum HubRequestsKey: String, SettingKey {
    case size, rate, burst, within
}

extension SettingReader {
    mutating func hub(_ setting: Setting) -> HubConfiguration? {
        guard let section = section(setting, HubKey.self) else { return nil }
        var hub = HubConfiguration()
        if let setting = section[.exposed],
            let exposed = choice(setting, among: [(name: "true", value: true), (name: "false", value: false)])
        {
            hub.exposed = exposed
        }
        if let setting = section[.privateAddresses], let may = boolean(setting) { hub.privateAddresses = may }
        if let setting = section[.tls] { hub.tls = hubTLS(setting) }
        if let setting = section[.requests] { requests(setting, of: &hub) }
        guard let listen = section[.listen], let text = text(listen) else { return hub }
        guard let address = ListenAddress(text) else {
            report("'listen' needs \(ListenAddress.form), not '\(text)'", at: listen.place)
            return nil
        }
        hub.listen = address
        // A certificate that cannot be read is reported already.
        if let refusal = hub.refusal, section[.tls] == nil {
            report(refusal, at: listen.place)
            return nil
        }
        return hub
    }

    private mutating func hubTLS(_ setting: Setting) -> HubConfiguration.TLS? {
        guard let section = section(setting, HubTLSKey.self) else { return nil }
        guard let certificate = section[.certificate], let key = section[.key] else {
            report("'tls' needs the PEM files 'certificate' and 'key'", at: section.place)
            return nil
        }
        guard let certificate = existingFile(certificate), let key = existingFile(key) else { return nil }
        return HubConfiguration.TLS(certificate: certificate, key: key)
    }

    private mutating func requests(_ setting: Setting, of hub: inout HubConfiguration) {
        guard let section = section(setting, HubRequestsKey.self) else { return }
        if let setting = section[.size], let size = byteSize(setting, in: 1_024...64 * 1_048_576) {
            hub.requests.size = size
        }
        if let setting = section[.rate], let rate = integer(setting, in: 1...100_000) { hub.requests.rate = rate }
        if let setting = section[.burst], let burst = integer(setting, in: 1...100_000) { hub.requests.burst = burst }
        if let setting = section[.within], let within = duration(setting, in: .seconds(1) ... .seconds(600)) {
            hub.requests.within = within
        }
    }
}
