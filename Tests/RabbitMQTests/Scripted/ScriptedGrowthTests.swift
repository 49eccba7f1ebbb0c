import Glibc
import LockstepTesting
import RabbitMQ
import Testing

/// What the client reads and passes over leaves nothing behind; in a process of its own, since memory is measured.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedGrowthTests {
    /// How many bytes of memory the process holds.
    private static func residentSize() throws -> Int {
        let file = try #require(fopen("/proc/self/statm", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        try #require(fgets(&line, Int32(line.count), file) != nil)
        let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return try #require(fields.count > 1 ? Int(fields[1]) : nil) * 4_096
    }

    @Test
    func framesThatMeanNothingLeaveNoMemoryBehind() async throws {
        await #expect(processExitsWith: .success) {
            let rounds: UInt64 = 100
            let payload = [UInt8](repeating: 1, count: 100_000)
            let heartbeat = WireFrame(.heartbeat, channel: 5, payload: payload).bytes
            let unknown = [9] + WireFrame(.body, channel: 6, payload: payload).bytes.dropFirst()
            let burst = [heartbeat, unknown, heartbeat, unknown, heartbeat, unknown].flatMap { $0 }
            try await withScriptedClient { call in
                switch call.method {
                case .basicConsume: return [.asUsual, call.deliver(1, "1")]
                case .basicAck:
                    var arguments = WireArgumentReader(call.frame?.arguments ?? [])
                    let tag = arguments.number(UInt64.self) ?? 0
                    return tag < rounds ? [.bytes(burst), call.deliver(tag + 1, "\(tag + 1)")] : nil
                default: return nil
                }
            } body: { stage in
                let seen = Collected<Int>()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await stage.client.consume(from: "q", options: .init(isolateRedelivered: false)) { batch in
                            seen.append(try batch.map { _ in try Self.residentSize() })
                            return Array(repeating: .ack, count: batch.count)
                        }
                    }
                    await seen.untilCount(Int(rounds))
                    group.cancelAll()
                    try await group.waitForAll()
                }
                // 60 MB have gone through between the two.
                let grown = seen.all[Int(rounds) - 1] - seen.all[10]
                try #require(grown < 16_000_000, "it grew by \(grown) bytes")
                try #require(stage.breaks.all.isEmpty)
            }
        }
    }
}
