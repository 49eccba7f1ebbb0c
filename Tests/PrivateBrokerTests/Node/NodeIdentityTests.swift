import FoundationEssentials
import Testing

@testable import PrivateBroker

struct NodeIdentityTests {
    private let configuration = PrivateBrokerConfiguration(directory: URL(filePath: "/nowhere"))

    @Test func freePortsDifferAndAreNoneThatOutgoingConnectionsGet() throws {
        let ports = try NodeIdentity(configuration, remembered: nil).ports.map(\.number)
        #expect(Set(ports).count == 4)
        let range = try String(contentsOf: URL(filePath: "/proc/sys/net/ipv4/ip_local_port_range"), encoding: .utf8)
        let firstOutgoing = try #require(range.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) })
        #expect(ports.allSatisfy { $0 < firstOutgoing })
    }

    @Test func nameAndPortsAreRemembered() throws {
        let first = try NodeIdentity(configuration, remembered: nil)
        #expect(try NodeIdentity(configuration, remembered: first) == first)
    }

    @Test func twoNodesHaveDifferentNames() throws {
        let first = try NodeIdentity(configuration, remembered: nil)
        let second = try NodeIdentity(configuration, remembered: nil)
        #expect(first.name != second.name)
    }

    @Test func whatTheConfigurationNamesComesFirst() throws {
        let first = try NodeIdentity(configuration, remembered: nil)
        var wanted = configuration
        wanted.amqpPort = first.epmdPort
        let second = try NodeIdentity(wanted, remembered: first)
        #expect(second.amqpPort == first.epmdPort)
        #expect(second.epmdPort != first.epmdPort, "a remembered port gives way to one that was asked for")
        #expect(second.managementPort == first.managementPort)
    }
}
