extension Endpoint {
    /// Reads `amqp://user:password@host:port/vhost`, or `amqps://…` for TLS.
    ///
    /// User, password and virtual host may be percent-encoded; an IPv6 address stands in brackets. What
    /// is left out is `guest`, `guest`, port 5672 or 5671, and the virtual host `/`. As RabbitMQ's URI
    /// specification has it, `amqp://host/` with a trailing slash would mean the empty virtual host; that
    /// one is never wanted, so it means `/` here.
    ///
    /// - Throws: ``RabbitMQError`` with code `configuration`. Its message never repeats the URL.
    public init(url: String) throws {
        var rest = Substring(url)
        let secure: Bool
        switch rest.prefix(while: { $0 != ":" }).lowercased() {
        case "amqp": secure = false
        case "amqps": secure = true
        default: throw Self.malformed("it must begin with amqp:// or amqps://")
        }
        rest = rest.drop { $0 != ":" }
        guard rest.hasPrefix("://") else { throw Self.malformed("it must begin with amqp:// or amqps://") }
        rest = rest.dropFirst(3)
        if rest.contains(where: { $0 == "?" || $0 == "#" }) {
            throw Self.malformed("query parameters and fragments are not read; use the configuration's keys instead")
        }

        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count).dropFirst()
        if path.contains("/") { throw Self.malformed("a slash inside the virtual host is written %2F") }

        self.init(tls: secure ? TLSOptions() : nil)
        try readAuthority(authority)
        if !path.isEmpty { virtualHost = try Self.decode(path, part: "virtual host") }
    }

    private mutating func readAuthority(_ authority: Substring) throws {
        var hostAndPort = authority
        if let at = authority.lastIndex(of: "@") {
            let userInfo = authority[..<at]
            hostAndPort = authority[authority.index(after: at)...]
            let name = userInfo.prefix { $0 != ":" }
            user = try Self.decode(name, part: "user")
            if name.endIndex < userInfo.endIndex {
                password = try Self.decode(userInfo[userInfo.index(after: name.endIndex)...], part: "password")
            }
        }

        var portText: Substring?
        if hostAndPort.first == "[" {
            guard let closing = hostAndPort.firstIndex(of: "]") else {
                throw Self.malformed("the bracket of the IPv6 address is not closed")
            }
            host = String(hostAndPort[hostAndPort.index(after: hostAndPort.startIndex)..<closing])
            let after = hostAndPort[hostAndPort.index(after: closing)...]
            guard after.isEmpty || after.first == ":" else {
                throw Self.malformed("after the IPv6 address comes a colon and the port, or nothing")
            }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            let name = hostAndPort.prefix { $0 != ":" }
            host = try Self.decode(name, part: "host")
            portText = name.endIndex < hostAndPort.endIndex ? hostAndPort[name.endIndex...].dropFirst() : nil
        }
        if host.isEmpty { throw Self.malformed("the host is missing") }
        guard let portText else { return }
        guard let number = UInt16(portText), number > 0 else {
            throw Self.malformed("the port must be a number from 1 to 65535")
        }
        port = Int(number)
    }

    private static func decode(_ text: Substring, part: String) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                throw malformed("a percent sign in the \(part) needs two hex digits after it")
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !decoded.utf8.contains(0) else {
            throw malformed("the \(part) is not UTF-8 once it is decoded")
        }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    private static func malformed(_ why: String) -> RabbitMQError {
        RabbitMQError(
            .configuration, "The broker's URL cannot be read: \(why). It is amqp://user:password@host:port/vhost.")
    }
}
