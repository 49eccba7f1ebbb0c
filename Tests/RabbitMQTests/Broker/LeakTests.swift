import Foundation
import LockstepTesting
import RabbitMQ
import Testing

/// What a connection leaves behind: nothing, however many there are.
@Suite(.timeLimit(.minutes(3)))
struct LeakTests {
    /// 1,000 connections: clients that come and go, and clients that lose their connection.
    ///
    /// In a process of its own, since other tests open and close descriptors meanwhile.
    @Test
    func aThousandConnectionsLeaveNothingBehind() async throws {
        _ = try await SharedBroker.withVirtualHost("leaks") { host in
            await #expect(processExitsWith: .success) { [url = host.amqpURL as String] in
                try await Self.connect(times: 50, url)
                let before = try Self.resources()
                try await Self.connect(times: 450, url)
                let after = try Self.resources()
                // Of 900 connections each has five descriptors and over 256 KiB. Some of the last ones' may still be there,
                // before or after.
                #expect(abs(after.descriptors - before.descriptors) < 100, "\(before) and then \(after)")
                // One or two megabytes. What librabbitmq holds of 900 connections would be 44.
                #expect(after.resident - before.resident < 16 << 20, "\(before) and then \(after)")
            }
        }
    }

    /// Each client has two connections.
    private static func connect(times: Int, _ url: String) async throws {
        for _ in 0..<times {
            try await withClient(url: url) { client in
                #expect(client.status.state == .ready)
            }
        }
        // A connection's threads end a moment after it, and close what they have.
        try await eventually("all threads of connections have ended", within: .seconds(60)) {
            try threads().allSatisfy { !$0.hasPrefix("amqp-") }
        }
    }

    private static func threads() throws -> [String] {
        let tasks = "/proc/self/task"
        // One that ends between the two looks has no name any more.
        return try FileManager.default.contentsOfDirectory(atPath: tasks)
            .compactMap { try? String(contentsOfFile: "\(tasks)/\($0)/comm", encoding: .utf8) }
    }

    private static func resources() throws -> (descriptors: Int, resident: Int) {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            (Int(pages[1]) ?? 0) * 4096
        )
    }
}
