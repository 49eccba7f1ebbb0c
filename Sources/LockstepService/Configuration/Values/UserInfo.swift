/// The user and the password that stand in a URL's text, as they are written there.
struct UserInfo {
    let user: Substring?
    let password: Substring?

    /// Looks between `://` and the last `@` before the path.
    init(ofURL text: String) {
        guard let scheme = text.firstRange(of: "://") else {
            user = nil
            password = nil
            return
        }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else {
            user = nil
            password = nil
            return
        }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        user = parts.first
        password = parts.count > 1 ? parts[1] : nil
    }

    /// Whether a password stands there in plain text, not as a variable.
    var hasPlainPassword: Bool {
        password.map { !$0.isEmpty && !$0.contains("${") } ?? false
    }
}

/// Host names and addresses that never leave this machine.
enum Loopback {
    static func contains(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
