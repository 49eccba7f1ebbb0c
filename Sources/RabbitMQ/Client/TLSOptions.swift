/// What a TLS connection trusts and shows.
///
/// librabbitmq knows no default authorities and never checks an IP address in a certificate: name the
/// file of authorities, and connect by host name.
public struct TLSOptions: Sendable, Hashable {
    /// The PEM file of the authorities that are trusted; required while ``verifyPeer`` is on.
    public var caFile: String?
    /// The PEM file of the client's certificate chain; needs ``keyFile``.
    public var certificateFile: String?
    /// The PEM file of the client's private key.
    public var keyFile: String?
    /// Whether the broker's certificate must come from a trusted authority.
    public var verifyPeer: Bool
    /// Whether the certificate must name the host that was connected to.
    public var verifyHostname: Bool

    /// Makes options; everything is verified unless said otherwise.
    public init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, verifyPeer: Bool = true,
        verifyHostname: Bool = true
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.verifyPeer = verifyPeer
        self.verifyHostname = verifyHostname
    }
}
