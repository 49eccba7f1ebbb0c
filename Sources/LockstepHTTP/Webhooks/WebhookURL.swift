import Lockstep

/// A webhook's address, taken apart by rules so strict that no two readers take it for different things.
struct WebhookURL: Sendable, Hashable {
    /// The host as it is asked for, in lower case; an IPv6 address without its brackets.
    let host: String
    /// The whole, made of the checked parts.
    let text: String

    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration`, which never repeats the URL: it may hold a secret.
    init(_ url: String) throws(LockstepError) {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Self.malformed("it must be ASCII without blanks, 2,048 bytes at most; encode what is not (%20)")
        }
        let parts = url.split(separator: ":", maxSplits: 1).map(String.init)
        let scheme = parts.first?.lowercased() ?? ""
        guard parts.count == 2, scheme == "http" || scheme == "https", parts[1].hasPrefix("//") else {
            throw Self.malformed("it must begin with https:// or http://")
        }
        let rest = parts[1].dropFirst(2)
        let authority = rest.prefix { !"/?#\\".contains($0) }
        let path = rest.dropFirst(authority.count)
        if authority.contains("@") {
            throw Self.malformed("it must not hold a user or a password; sign with a secret instead")
        }
        if path.contains(where: { "#\\\"<>^`{|}".contains($0) }) {
            throw Self.malformed("its path must not hold a fragment or characters that have to be encoded")
        }
        let (host, port) = try Self.hostAndPort(authority)
        self.host = host
        let shownHost = host.contains(":") ? "[\(host)]" : host
        text = "\(scheme)://\(shownHost)\(port.map { ":\($0)" } ?? "")\(path.hasPrefix("/") ? "" : "/")\(path)"
    }

    private static func hostAndPort(_ authority: Substring) throws(LockstepError) -> (String, Int?) {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw malformed("a bracket is not closed") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.first == ":" else { throw malformed("its port cannot be read") }
            port = after.isEmpty ? nil : after.dropFirst()
            guard host.contains(":"), IPAddress(String(host)) != nil else {
                throw malformed("what stands in brackets is no IPv6 address; a zone cannot be given")
            }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            let isName = host.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
            guard !host.isEmpty, host.utf8.count <= 253, isName, host.first != "." else {
                throw malformed("its host must be a name of letters, digits, '-' and dots; write others in Punycode")
            }
        }
        guard let port else { return (host.lowercased(), nil) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65535).contains(number)
        else { throw malformed("its port must be a number from 1 to 65535") }
        return (host.lowercased(), number)
    }

    private static func malformed(_ reason: String) -> LockstepError {
        LockstepError(.invalidConfiguration, "The webhook's URL cannot be used: \(reason).")
    }
}
