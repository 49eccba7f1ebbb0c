#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An address of the Internet Protocol: 4 or 16 bytes.
struct IPAddress: Sendable, Hashable {
    /// Its bytes, the most significant first.
    let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an IP address has 4 or 16 bytes")
        self.bytes = bytes
    }

    /// Reads the usual form of either kind, such as `192.0.2.1` or `2001:db8::1`; nil: it is something else.
    init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    /// Whether it is of version 6.
    var isSix: Bool { bytes.count == 16 }

    /// The version 4 address that an address of version 6 stands for, which is where packets to it end up.
    ///
    /// IPv4-mapped (RFC 4291, 2.5.5.2), NAT64's well-known prefix (RFC 6052), 6to4 (RFC 3056) and ISATAP (RFC 5214).
    var embedded: IPAddress? {
        guard isSix else { return nil }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return IPAddress(bytes: Array(bytes[12...]))
        }
        if bytes[..<4] == [0x00, 0x64, 0xFF, 0x9B], bytes[4..<12].allSatisfy({ $0 == 0 }) {
            return IPAddress(bytes: Array(bytes[12...]))
        }
        if bytes[..<2] == [0x20, 0x02] { return IPAddress(bytes: Array(bytes[2..<6])) }
        if bytes[8] & 0xFD == 0, bytes[9..<12] == [0x00, 0x5E, 0xFE] { return IPAddress(bytes: Array(bytes[12...])) }
        return nil
    }

    /// Whether it begins with the same bits as another one of its kind.
    func isIn(_ network: IPAddress, bits: Int) -> Bool {
        guard network.bytes.count == bytes.count else { return false }
        let whole = bits / 8
        guard bytes[..<whole] == network.bytes[..<whole] else { return false }
        guard bits % 8 > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - bits % 8))
        return bytes[whole] & mask == network.bytes[whole] & mask
    }
}

extension IPAddress: CustomStringConvertible {
    /// Its usual form.
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isWritten = bytes.withUnsafeBytes { bytes in
            inet_ntop(isSix ? AF_INET6 : AF_INET, bytes.baseAddress, &text, socklen_t(text.count)) != nil
        }
        precondition(isWritten, "every address has a text of at most INET6_ADDRSTRLEN bytes")
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
