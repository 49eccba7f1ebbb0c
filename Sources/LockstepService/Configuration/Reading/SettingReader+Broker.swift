import FoundationEssentials
import RabbitMQ

/// The keys of `broker`.
enum BrokerKey: String, SettingKey {
    case url, urls, passwordFile, management, heartbeat, tls
}

extension SettingReader {
    /// Reads `broker`.
    mutating func broker(_ setting: Setting) -> BrokerConfiguration? {
        guard let section = section(setting, BrokerKey.self) else { return nil }
        let problemsBefore = problems.count
        let standard = BrokerConfiguration()
        let password = section[.passwordFile].flatMap { self.password($0) }
        var endpoints = endpoints(section, password)
        let tls = section[.tls].flatMap { self.tls($0) }
        apply(section, tls: tls, to: &endpoints)
        let management = section[.management].flatMap {
            self.management($0, beside: endpoints.first ?? standard.endpoints[0], password)
        }
        let heartbeat = section[.heartbeat].flatMap { duration($0, in: .seconds(1) ... .seconds(600)) }
        guard problems.count == problemsBefore else { return nil }
        var broker = BrokerConfiguration(
            endpoints: endpoints.isEmpty ? standard.endpoints : endpoints,
            management: management,
            heartbeat: heartbeat ?? standard.heartbeat
        )
        broker.isNamed = section[.url] != nil || section[.urls] != nil
        return broker
    }

    private mutating func endpoints(_ section: SettingSection<BrokerKey>, _ password: String?) -> [Endpoint] {
        if let one = section[.url], let several = section[.urls] {
            report("'urls' stands beside 'url' (line \(one.place.line)); keep one of them", at: several.place)
        }
        if let setting = section[.url] {
            return endpoint(setting, password).map { [$0] } ?? []
        }
        guard let setting = section[.urls] else {
            guard let password else { return [] }
            var endpoint = BrokerConfiguration().endpoints[0]
            endpoint.password = password
            return [endpoint]
        }
        let urls = list(setting, like: "[\"amqp://one/\", \"amqp://two/\"]") { $0.endpoint($1, password) }
        if case .list(let items) = setting.content, !items.isEmpty { return urls ?? [] }
        if urls != nil { report("'urls' is empty; give it a URL, or remove the key", at: setting.place) }
        return []
    }

    private mutating func endpoint(_ setting: Setting, _ password: String?) -> Endpoint? {
        guard let raw = rawText(setting), let text = url(setting, raw) else { return nil }
        var endpoint: Endpoint
        do {
            endpoint = try Endpoint(url: text)
        } catch let error as RabbitMQError {
            report(error.message, at: setting.place)
            return nil
        } catch {
            preconditionFailure("an endpoint's URL fails with no other error than RabbitMQError")
        }
        let info = UserInfo(ofURL: text)
        refusePlainPassword(raw, host: endpoint.host, at: setting.place)
        switch (info.password, password) {
        case (.some, .some):
            report("the URL has a password, and 'passwordFile' another; keep one of them", at: setting.place)
        case (nil, let password?):
            endpoint.password = password
        case (nil, nil) where info.user != nil:
            report(
                "the URL names a user without a password; write user:${BROKER_PASSWORD}@, or name a 'passwordFile'",
                at: setting.place
            )
        case (_, nil): break
        }
        return endpoint
    }

    private mutating func management(
        _ setting: Setting,
        beside endpoint: Endpoint,
        _ password: String?
    ) -> ManagementAddress? {
        guard let raw = rawText(setting), let text = url(setting, raw) else { return nil }
        let secret = password ?? endpoint.password
        guard
            let address = ManagementAddress(
                text, user: endpoint.user, password: secret, caFile: endpoint.tls?.caFile)
        else {
            report("'management' needs \(ManagementAddress.form)", at: setting.place)
            return nil
        }
        refusePlainPassword(raw, host: address.host, at: setting.place)
        return address
    }

    private mutating func url(_ setting: Setting, _ raw: String) -> String? {
        do {
            return try VariableText(raw).filledURL(from: variables)
        } catch {
            report(error.message, at: setting.place)
            return nil
        }
    }

    private mutating func refusePlainPassword(_ raw: String, host: String, at place: Setting.Place) {
        guard UserInfo(ofURL: raw).hasPlainPassword, !Loopback.contains(host) else { return }
        report(
            "the password stands here in plain text, and the broker is another machine; "
                + "write ${BROKER_PASSWORD} and set that variable, or name a 'passwordFile'",
            at: place
        )
    }

    private mutating func password(_ setting: Setting) -> String? {
        guard let file = existingFile(setting) else { return nil }
        guard let content = try? String(contentsOf: file, encoding: .utf8),
            let password = content.split(whereSeparator: \.isNewline).first
        else {
            report("the file \(file.path) has no password in its first line; write it there", at: setting.place)
            return nil
        }
        return String(password)
    }
}
