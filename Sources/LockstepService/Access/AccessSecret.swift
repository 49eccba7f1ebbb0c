import Crypto
import Lockstep

/// The secret of a token: what its bearer sends, and nobody keeps.
///
/// 256 random bits. Passwords need a slow hash because people choose them, so that guesses can be tried; nobody
/// tries 2²⁵⁶ secrets at any speed. So one round of SHA-256 is kept, and checking a token costs a request next to
/// nothing.
struct AccessSecret: Sendable {
    /// What a secret begins with, so that scanners find one that leaked.
    static let prefix = "lockstep_"

    /// As it is sent: the prefix, then 64 hexadecimal digits.
    let text: String

    /// Makes a new one.
    init() {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        text = Self.prefix + HexadecimalText.of(bytes)
    }

    /// Takes what a request bears; nil: it cannot be a secret.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + 64 else { return nil }
        self.text = text
    }

    /// What is kept of it.
    var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}

/// Bytes as hexadecimal digits.
enum HexadecimalText {
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
