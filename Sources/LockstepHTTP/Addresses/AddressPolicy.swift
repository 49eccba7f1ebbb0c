/// Decides which addresses may be asked on behalf of somebody who only gave a URL; pure.
///
/// Who may name a callback must not reach what only this machine reaches: itself, its network, its cloud's metadata.
/// The ranges are IANA's special-purpose registries (RFC 6890) and what clouds add to them.
struct AddressPolicy: Sendable, Hashable {
    /// Whether addresses of this machine and of private networks may be asked, too.
    var allowsPrivate = false

    /// Why an address may not be asked; nil: it may.
    func refusal(of address: IPAddress) -> String? {
        if Self.unusable.contains(where: address.isIn) { return "\(address) is no address of a server" }
        if allowsPrivate { return nil }
        if let embedded = address.embedded {
            return refusal(of: embedded).map { _ in "\(address) leads to \(embedded), which is not public" }
        }
        let isPublic = !address.isSix || address.isIn(Self.globalUnicast.0, bits: Self.globalUnicast.1)
        guard isPublic, !Self.special.contains(where: address.isIn) else { return "\(address) is not public" }
        return nil
    }

    private typealias Network = (IPAddress, Int)

    private static func network(_ text: String, _ bits: Int) -> Network {
        guard let address = IPAddress(text) else { preconditionFailure("\(text) is an address") }
        return (address, bits)
    }

    /// What no server has.
    private static let unusable: [Network] = [
        network("224.0.0.0", 4),  // multicast
        network("255.255.255.255", 32),  // broadcast
        network("ff00::", 8),  // multicast
    ]

    /// All of IPv6 that is handed out to networks of the Internet.
    private static let globalUnicast = network("2000::", 3)

    /// What is reached from here and from nowhere else, or leads nowhere.
    private static let special: [Network] = [
        network("0.0.0.0", 8),  // this network; Linux takes 0.0.0.0 for itself
        network("10.0.0.0", 8),  // private
        network("100.64.0.0", 10),  // shared with the provider; Alibaba's metadata
        network("127.0.0.0", 8),  // loopback
        network("168.63.129.16", 32),  // Azure's metadata
        network("169.254.0.0", 16),  // link-local; most clouds' metadata
        network("172.16.0.0", 12),  // private
        network("192.0.0.0", 24),  // protocol assignments; Oracle's metadata
        network("192.0.2.0", 24),  // documentation
        network("192.88.99.0", 24),  // 6to4 relays
        network("192.168.0.0", 16),  // private
        network("198.18.0.0", 15),  // benchmarks
        network("198.51.100.0", 24),  // documentation
        network("203.0.113.0", 24),  // documentation
        network("240.0.0.0", 4),  // reserved
        network("2001::", 23),  // protocol assignments, Teredo among them
        network("2001:db8::", 32),  // documentation
        network("3fff::", 20),  // documentation
    ]
}

extension IPAddress {
    fileprivate func isIn(_ network: (IPAddress, Int)) -> Bool { isIn(network.0, bits: network.1) }
}
