import FoundationEssentials
import Glibc
import Logging
import Testing

@testable import PrivateBroker

/// Real nodes, one after the other: two at once would only slow each other down.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PrivateBrokerTests {
    private let quiet = Logger(label: "private-broker-tests") { _ in SwiftLogNoOpLogHandler() }

    @Test func answersOnLoopbackOnlyAndLeavesNothingRunning() async throws {
        try await withScratchDirectory { directory in
            var processes: NodeProcesses?
            try await withPrivateBroker(PrivateBrokerConfiguration(directory: directory), logger: quiet) { broker in
                processes = try broker.directory.recordedProcesses()
                #expect(processes?.server == broker.processID)
                let port = LoopbackPort(broker.amqpPort)
                #expect(port.accepts && !port.isFree)
                #expect(broker.amqpURL == "amqp://guest:guest@127.0.0.1:\(broker.amqpPort)/")

                let listeners = try await broker.control(["status", "--formatter", "json"])
                #expect(listeners.contains(broker.nodeName))
                let addresses = try listenAddresses(of: #require(broker.processID))
                #expect(addresses.count == 3, "AMQP, management, distribution")
                #expect(addresses.allSatisfy { $0 == "0100007F" })

                let failure = await brokerError { _ = try await broker.control(["no_such_command"]) }
                #expect(failure?.code == .controlFailed)
                #expect(failure?.message.contains("no_such_command") == true)
            }
            let ended = try #require(processes)
            #expect(!isAlive(ended.server))
            #expect(!isAlive(try #require(ended.epmd)))
        }
    }

    @Test func comesBackAfterAKillWithItsDataAndPorts() async throws {
        try await withScratchDirectory { directory in
            try await withPrivateBroker(PrivateBrokerConfiguration(directory: directory), logger: quiet) { broker in
                let (before, url) = (broker.processID, broker.amqpURL)
                _ = try await broker.control(["add_user", "someone", "secret"])
                try await broker.kill()
                #expect(broker.processID == nil)
                #expect(!LoopbackPort(broker.amqpPort).accepts)
                let refused = await brokerError { try await broker.freeze() }
                #expect(refused?.code == .notRunning)

                try await broker.restart()
                #expect(broker.processID != before)
                #expect(broker.amqpURL == url)
                #expect(try await broker.control(["list_users", "--quiet"]).contains("someone"))
            }
            let again = try NodeIdentity(
                PrivateBrokerConfiguration(directory: directory),
                remembered: NodeDirectory(directory).rememberedIdentity()
            )
            #expect(try NodeDirectory(directory).rememberedIdentity() == again)
        }
    }

    @Test func frozenItHoldsItsPortsAndAnswersNobody() async throws {
        try await withScratchDirectory { directory in
            var configuration = PrivateBrokerConfiguration(directory: directory)
            configuration.management = false
            try await withPrivateBroker(configuration, logger: quiet) { broker in
                #expect(broker.managementURL == nil)
                let port = LoopbackPort(broker.amqpPort)
                let opening: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
                try await broker.freeze()
                #expect(port.accepts)
                #expect(!port.answers(opening, with: 1))
                try await broker.thaw()
                let answered = await untilTrue { port.answers(opening, with: 1) }
                #expect(answered)
                try await broker.freeze()
                // The closing stop must end a frozen node too, and gracefully.
            }
        }
    }

    @Test func diesWithAProcessThatIsKilled() async throws {
        try await withScratchDirectory { directory in
            let path = directory.path
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                var configuration = PrivateBrokerConfiguration(directory: URL(filePath: path))
                configuration.management = false
                let broker = try await PrivateBroker.start(configuration)
                withExtendedLifetime(broker) { _ = Glibc.kill(getpid(), SIGKILL) }
            }
            let left = try #require(try NodeDirectory(directory).recordedProcesses(), "the node was started")
            let gone = await untilTrue { !left.serverRuns && !left.epmdRuns }
            #expect(gone)
        }
    }

    @Test func leftToItselfItIsFoundAndEnded() async throws {
        try await withScratchDirectory { directory in
            var configuration = PrivateBrokerConfiguration(directory: directory)
            configuration.dieWithParent = false
            configuration.management = false
            let pid = try await PrivateBroker.start(configuration, logger: quiet).processID
            let left = try #require(pid)
            #expect(isAlive(left), "nothing refers to it any more, and yet it runs")
            let refused = await brokerError { _ = try await PrivateBroker.start(configuration, logger: quiet) }
            #expect(refused?.code == .alreadyRunning)
            #expect(try await PrivateBroker.stopLeftover(in: directory))
            #expect(!isAlive(left))
            #expect(try await !PrivateBroker.stopLeftover(in: directory))
        }
    }

    @Test func saysWhyTheNodeDied() async throws {
        try await withScratchDirectory { directory in
            var configuration = PrivateBrokerConfiguration(directory: directory)
            configuration.extraConfig = ["no.such.setting = 1"]
            let error = await brokerError { _ = try await PrivateBroker.start(configuration, logger: quiet) }
            #expect(error?.code == .nodeDied)
            #expect(error?.message.contains("no.such.setting") == true)
        }
    }

    @Test func aStartThatTakesTooLongLeavesNothing() async throws {
        try await withScratchDirectory { directory in
            var configuration = PrivateBrokerConfiguration(directory: directory)
            configuration.startTimeout = .milliseconds(200)
            let error = await brokerError { _ = try await PrivateBroker.start(configuration, logger: quiet) }
            #expect(error?.code == .startTimedOut)
            #expect(try NodeDirectory(directory).recordedProcesses() == nil)
            let ports = try #require(try NodeDirectory(directory).rememberedIdentity()).ports
            #expect(ports.allSatisfy { LoopbackPort($0.number).isFree })
        }
    }

    @Test func refusesATakenPort() async throws {
        try await withScratchDirectory { directory in
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            #expect(listen(listener, 1) == 0, "the system chooses a port")
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            _ = withUnsafeMutableBytes(of: &address) { bytes in
                getsockname(listener, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            }
            var configuration = PrivateBrokerConfiguration(directory: directory)
            configuration.amqpPort = Int(in_port_t(bigEndian: address.sin_port))
            let error = await brokerError { _ = try await PrivateBroker.start(configuration, logger: quiet) }
            #expect(error?.code == .portTaken)
            #expect(error?.message.contains("\(configuration.amqpPort ?? 0)") == true)
        }
    }

    @Test func saysHowToInstallWhatIsMissing() async throws {
        try await withScratchDirectory { directory in
            var configuration = PrivateBrokerConfiguration(directory: directory)
            configuration.scripts = directory
            let error = await brokerError { _ = try await PrivateBroker.start(configuration, logger: quiet) }
            #expect(error?.code == .notInstalled)
            #expect(error?.message.contains("apt-get install rabbitmq-server") == true)
        }
    }
}

/// Looks again until the condition holds or half a minute has passed.
private func untilTrue(_ condition: () -> Bool) async -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(30))
    while !condition() {
        guard clock.now < deadline else { return false }
        await Task.yield()
    }
    return true
}

/// The addresses, in hexadecimal as the kernel writes them, that a process listens on.
private func listenAddresses(of pid: Int32) throws -> [String] {
    let files = "/proc/\(pid)/fd"
    let sockets = try FileManager.default.contentsOfDirectory(atPath: files).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(files)/\($0)")
    }
    let lines = try ["tcp", "tcp6"].flatMap { table in
        try String(contentsOf: URL(filePath: "/proc/\(pid)/net/\(table)"), encoding: .utf8).split(separator: "\n")
    }
    var addresses: [String] = []
    for line in lines {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == "0A", sockets.contains("socket:[\(fields[9])]") else { continue }
        addresses.append(String(fields[1].prefix { $0 != ":" }))
    }
    return addresses
}
