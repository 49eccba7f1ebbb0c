import FoundationEssentials
import Glibc
import Logging
import Testing

@testable import PrivateBroker

/// Real clusters, one after the other.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct PrivateClusterTests {
    private let quiet = Logger(label: "private-cluster-tests") { _ in SwiftLogNoOpLogHandler() }

    @Test func isOneClusterSurvivesItsLeaderAndLeavesNothingRunning() async throws {
        try await withScratchDirectory { directory in
            var processes: [NodeProcesses] = []
            var port: Int?
            try await withPrivateCluster(PrivateClusterConfiguration(directory: directory), logger: quiet) { cluster in
                #expect(Set(cluster.amqpURLs).count == 3)
                processes = try cluster.nodes.compactMap { try $0.directory.recordedProcesses() }
                port = cluster.nodes[0].identity.epmdPort
                #expect(try await cluster.leader(of: "q") == nil)
                try await declareQuorumQueue("q", on: cluster.nodes[1])
                try await untilTrue { try await cluster.online(for: "q").count == 3 }
                let leader = try #require(try await cluster.leader(of: "q"))

                try await leader.kill()
                try await untilTrue {
                    guard let next = try await cluster.leader(of: "q") else { return false }
                    return next !== leader
                }
                #expect(try await cluster.online(for: "q").count == 2)
                try await leader.restart()
                try await untilTrue { try await cluster.online(for: "q").count == 3 }
            }
            #expect(processes.count == 3)
            #expect(processes.allSatisfy { !isAlive($0.server) && $0.epmd == nil })
            #expect(try LoopbackPort(#require(port)).isFree, "epmd is gone, too")
        }
    }

    @Test func aSecondStartHasTheSameNodesAndTheirData() async throws {
        try await withScratchDirectory { directory in
            let configuration = PrivateClusterConfiguration(directory: directory)
            let urls = try await withPrivateCluster(configuration, logger: quiet) { cluster in
                _ = try await cluster.nodes[2].control(["add_vhost", "kept"])
                return cluster.amqpURLs
            }
            try await withPrivateCluster(configuration, logger: quiet) { cluster in
                #expect(cluster.amqpURLs == urls)
                let hosts = try await cluster.nodes[0].control(["list_vhosts", "--quiet"])
                #expect(hosts.contains("kept"))
            }
        }
    }

    @Test func diesWithAProcessThatIsKilled() async throws {
        try await withScratchDirectory { directory in
            let path = directory.path
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let cluster = try await PrivateCluster.start(.init(directory: URL(filePath: path)))
                withExtendedLifetime(cluster) { _ = Glibc.kill(getpid(), SIGKILL) }
            }
            let nodes = (1...3).map { NodeDirectory(directory.appending(path: "node-\($0)")) }
            let left = try nodes.compactMap { try $0.recordedProcesses() }
            #expect(left.count == 3)
            let port = try #require(try nodes[0].rememberedIdentity()?.epmdPort)
            try await untilTrue { left.allSatisfy { !$0.serverRuns } && LoopbackPort(port).isFree }
        }
    }

    @Test func aNodeThatCannotStartTakesTheOthersWithIt() async throws {
        try await withScratchDirectory { directory in
            var configuration = PrivateClusterConfiguration(directory: directory)
            configuration.extraConfig = ["no.such.setting = 1"]
            let error = await brokerError { _ = try await PrivateCluster.start(configuration, logger: quiet) }
            #expect(error?.code == .nodeDied)
            for number in 1...3 {
                let node = NodeDirectory(directory.appending(path: "node-\(number)"))
                #expect(try node.recordedProcesses() == nil)
                let ports = try #require(try node.rememberedIdentity()).ports
                #expect(ports.allSatisfy { LoopbackPort($0.number).isFree })
            }
        }
    }

    private func declareQuorumQueue(_ name: String, on node: PrivateBroker) async throws {
        let arguments = "[{<<\"x-queue-type\">>, longstr, <<\"quorum\">>}]"
        let resource = "rabbit_misc:r(<<\"/\">>, queue, <<\"\(name)\">>)"
        _ = try await node.control([
            "eval", "{new, _} = rabbit_amqqueue:declare(\(resource), true, false, \(arguments), none, <<\"tests\">>).",
        ])
    }
}

/// Looks again until the condition holds; a minute at most.
private func untilTrue(_ condition: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(60))
    while try await !condition() {
        try #require(clock.now < deadline, "it did not become true in a minute")
        try await Task.sleep(for: .milliseconds(50))
    }
}
