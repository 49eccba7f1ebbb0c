#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Asks the system for a host's addresses, on threads of its own: a name server that hangs holds up nobody else.
enum AddressResolver {
    /// The addresses of a name, in the order in which the system would try them; empty: there are none.
    ///
    /// Whoever has waited long enough cancels the task; the question itself ends when the system gives up.
    static func addresses(of host: String) async -> [IPAddress] {
        await lookups.addresses(of: host)
    }

    /// The address that a host is written as; nil: it is a name.
    ///
    /// In any of the forms that the system takes for one: `127.1`, `0x7f000001`, `2130706433`, `::ffff:127.0.0.1`.
    static func literal(_ host: String) -> IPAddress? {
        lookUp(host, numericOnly: true).first
    }

    private static let lookups = AddressLookups(threads: 16) { lookUp($0, numericOnly: false) }

    private static func lookUp(_ host: String, numericOnly: Bool) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_flags = numericOnly ? AI_NUMERICHOST : AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let info = next {
            if let address = address(info.pointee), !addresses.contains(address) { addresses.append(address) }
            next = info.pointee.ai_next
        }
        return addresses
    }

    private static func address(_ info: addrinfo) -> IPAddress? {
        guard let socket = info.ai_addr else { return nil }
        let raw = UnsafeRawPointer(socket)
        switch info.ai_family {
        case AF_INET:
            let address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            return IPAddress(bytes: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return IPAddress(bytes: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }
}
