import Testing

@testable import LockstepHTTP

@Suite("Which addresses may be asked")
struct AddressPolicyTests {
    @Test(
        "public addresses may be asked, private ones in every disguise may not",
        arguments: [
            ("8.8.8.8", true), ("1.1.1.1", true), ("93.184.216.34", true), ("172.15.0.1", true), ("172.32.0.1", true),
            ("100.63.255.255", true), ("100.128.0.1", true), ("2606:4700:4700::1111", true), ("2a00:1450::1", true),
            ("::ffff:8.8.8.8", true), ("64:ff9b::8.8.8.8", true), ("2002:808:808::1", true),
            ("127.0.0.1", false), ("127.255.0.3", false), ("0.0.0.0", false), ("10.1.2.3", false),
            ("100.64.0.1", false), ("100.100.100.200", false), ("168.63.129.16", false), ("169.254.169.254", false),
            ("172.16.0.1", false), ("172.31.255.255", false), ("192.168.1.1", false), ("192.0.0.192", false),
            ("192.0.2.7", false), ("198.18.0.1", false), ("198.19.255.255", false), ("203.0.113.9", false),
            ("224.0.0.1", false), ("240.0.0.1", false), ("255.255.255.255", false),
            ("::", false), ("::1", false), ("::127.0.0.1", false), ("fe80::1", false), ("fc00::1", false),
            ("fd00:ec2::254", false), ("fec0::1", false), ("ff02::1", false), ("2001:db8::1", false),
            ("2001::1", false), ("3fff::1", false), ("5f00::1", false), ("64:ff9b:1::1", false),
            ("::ffff:127.0.0.1", false), ("::ffff:169.254.169.254", false), ("64:ff9b::10.0.0.1", false),
            ("2002:7f00:1::1", false), ("2002:c0a8:101::1", false), ("2606:4700::5efe:127.0.0.1", false),
            ("2606:4700::200:5efe:10.0.0.1", false),
        ])
    func policy(_ text: String, _ isAllowed: Bool) throws {
        let address = try #require(IPAddress(text))
        let refusal = AddressPolicy().refusal(of: address)
        #expect((refusal == nil) == isAllowed, "\(refusal ?? "allowed")")
    }

    @Test("where private addresses are allowed, multicast still is not")
    func allowed() throws {
        let policy = AddressPolicy(allowsPrivate: true)
        for text in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "8.8.8.8"] {
            #expect(policy.refusal(of: try #require(IPAddress(text))) == nil)
        }
        for text in ["224.0.0.1", "ff02::1", "255.255.255.255"] {
            #expect(policy.refusal(of: try #require(IPAddress(text))) != nil)
        }
    }

    @Test(
        "an address is known in every form that the system takes for one",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("127.1", "127.0.0.1"), ("2130706433", "127.0.0.1"),
            ("0x7f000001", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"),
            ("017700000001", "127.0.0.1"), ("0", "0.0.0.0"), ("::1", "::1"),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1"), ("2852039166", "169.254.169.254"),
        ])
    func disguises(_ text: String, _ address: String) {
        #expect(AddressResolver.literal(text)?.description == address)
    }

    @Test("a name is no address")
    func name() {
        #expect(AddressResolver.literal("localhost") == nil)
        #expect(AddressResolver.literal("nmb-office1.gov") == nil)
    }

    @Test("a name of this machine leads to an address of this machine")
    func lookUp() async {
        #expect(await AddressResolver.addresses(of: "localhost").contains { AddressPolicy().refusal(of: $0) != nil })
    }
}
