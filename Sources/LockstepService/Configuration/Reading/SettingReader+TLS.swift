import FoundationEssentials
import RabbitMQ

/// The keys of `tls`.
enum TLSKey: String, SettingKey {
    case ca, certificate, key, verify
}

/// How much of the broker's certificate is checked.
enum TLSVerification: String, CaseIterable {
    /// That a trusted authority issued it, for the host that was connected to.
    case full
    /// That a trusted authority issued it, for whichever host.
    case authority
    /// Nothing.
    case none
}

extension SettingReader {
    /// Reads `tls`.
    mutating func tls(_ setting: Setting) -> TLSOptions? {
        guard let section = section(setting, TLSKey.self) else { return nil }
        let levels = TLSVerification.allCases.map { (name: $0.rawValue, value: $0) }
        let verify = read(section[.verify], or: .full) { $0.choice($1, among: levels) }
        let authorities = section[.ca].flatMap { existingFile($0) }
        let certificate = section[.certificate].flatMap { existingFile($0) }
        let key = section[.key].flatMap { existingFile($0) }

        if section[.ca] == nil, verify != TLSVerification.none {
            report(
                "'tls' does not say whom to trust; name the PEM file of the authority, like ca: ca.pem",
                at: section.place
            )
        }
        if (section[.certificate] == nil) != (section[.key] == nil) {
            report("'certificate' and 'key' belong together; name both files, or neither", at: section.place)
        }
        guard let verify else { return nil }
        return TLSOptions(
            caFile: authorities?.path,
            certificateFile: certificate?.path,
            keyFile: key?.path,
            verifyPeer: verify != TLSVerification.none,
            verifyHostname: verify == .full
        )
    }

    /// Gives the endpoints that speak TLS their options; both or neither must be there.
    mutating func apply(_ section: SettingSection<BrokerKey>, tls: TLSOptions?, to endpoints: inout [Endpoint]) {
        let isSecure = endpoints.contains { $0.tls != nil }
        let url = section[.url] ?? section[.urls]
        if let setting = section[.tls], !isSecure, url == nil || !endpoints.isEmpty {
            report("'tls' is given, but the broker's URL begins with amqp://; write amqps://", at: setting.place)
        }
        if isSecure, section[.tls] == nil, let url {
            report(
                "amqps:// needs to know whom to trust; add a block tls: { ca: ca.pem } beside it",
                at: url.place
            )
        }
        for index in endpoints.indices where endpoints[index].tls != nil {
            endpoints[index].tls = tls
        }
    }
}
