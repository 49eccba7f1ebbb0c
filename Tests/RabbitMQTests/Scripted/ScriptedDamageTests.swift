import Glibc
import LockstepTesting
import RabbitMQ
import Testing

/// Damaged bytes from seeds, in processes of their own: where librabbitmq dies of one, the seed is known.
@Suite(.timeLimit(.minutes(2)))
struct ScriptedDamageTests {
    /// How a process ends that came through: what an exit test expects may be any failure, and only then does it tell
    /// what the process had to say.
    private static let done: Int32 = 40

    private static func check(_ result: ExitTest.Result?) {
        let words = String(decoding: (result?.standardErrorContent ?? []).suffix(20_000), as: UTF8.self)
        #expect(result?.exitStatus == .exitCode(done), Comment(rawValue: words))
    }

    /// Notes a seed where it is found after a crash.
    private static func begin(_ seed: UInt64) {
        let line = "seed \(seed)\n"
        write(STDERR_FILENO, line, line.utf8.count)
    }

    @Test
    func noDamageToDeliveriesAndConfirmsStopsTheClient() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.exitStatus, \.standardErrorContent]) {
            try await forEachSeed(200) { seed, generator in
                Self.begin(seed)
                try await Self.publishAndConsume(damagedBy: generator)
            }
            exit(Self.done)
        }
        Self.check(result)
    }

    @Test
    func noDamageToTheHandshakeStopsTheClient() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.exitStatus, \.standardErrorContent]) {
            try await forEachSeed(200) { seed, _ in
                Self.begin(seed)
                try await Self.connect(damagedBy: seed)
            }
            exit(Self.done)
        }
        Self.check(result)
    }

    /// The first two connections are greeted with damaged bytes; the next ones must do.
    private static func connect(damagedBy seed: UInt64) async throws {
        do {
            try await withScriptedClient { call in
                var generator = SeededGenerator(
                    seed: seed << 32 | UInt64(call.connection) << 16 | UInt64(call.method?.methodID ?? 0))
                guard call.connection <= 2 else { return nil }
                let usual: ScriptedBroker.Answer
                switch call.method {
                case nil: usual = call.start()
                case .connectionStartOk: usual = call.tune()
                case .connectionOpen: usual = call.answer(.connectionOpenOk, WireArguments().shortString(""))
                case .channelOpen: usual = call.answer(.channelOpenOk, WireArguments().longString(""))
                default: return nil
                }
                // Each step has its share, so that many get as far as the last.
                guard case .frames(let frames) = usual, generator.chance(0.4) else { return nil }
                let damaged = ByteMutator.mutate(frames.flatMap(\.bytes), using: &generator)
                return [.bytes(damaged), .endOfFile]
            } body: { stage in
                _ = try await stage.client.publish(texts: ["1"])
            }
        } catch let error as RabbitMQError where error.code == .authenticationFailed {
            // Where the damage is in the list of mechanisms, no retry helps.
        }
    }

    /// The first connection of each kind brings damaged bytes and ends; the next one must do.
    private static func publishAndConsume(damagedBy generator: SeededGenerator) async throws {
        try await withScriptedClient { call in
            var generator = generator
            if call.method == .basicConsume {
                guard call.life == 1 else { return [.asUsual, call.deliver(1, "good")] }
                return [.asUsual, .bytes(ByteMutator.mutate(deliveries(call), using: &generator)), .endOfFile]
            }
            guard let publish = call.publish, call.life == 1 else { return nil }
            guard publish.number == 5 else { return [] }
            return [.bytes(ByteMutator.mutate(confirms(call, publish), using: &generator)), .endOfFile]
        } body: { stage in
            let seen = Collected<Bool>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await stage.client.consume(from: "q", options: .init(isolateRedelivered: false)) { batch in
                        seen.append(batch.filter { $0.message.text == "good" }.map { _ in true })
                        return Array(repeating: .ack, count: batch.count)
                    }
                }
                _ = try await stage.client.publish(texts: (1...5).map(String.init))
                try await eventually("the good one arrives", within: .seconds(10)) { seen.count > 0 }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// Deliveries with a body, without one, with one of several frames, and with headers of all kinds.
    private static func deliveries(_ call: ScriptedBroker.Occasion) -> [UInt8] {
        let table = WireArguments().table([
            ("text", .text("value")), ("yes", .bool(true)),
            ("deeper", .table([("list", .raw(kind: 65, [0, 0, 0, 2, 116, 1]))])),
            ("number", .raw(kind: UInt8(ascii: "l"), Array(repeating: 7, count: 8))),
        ])
        let header = WireArguments().short(60).short(0).longLong(6).short(1 << 15 | 1 << 13 | 1 << 12 | 1 << 7)
            .shortString("text/plain").raw(table.bytes).octet(2).shortString("id")
        let rich =
            call.delivery(3, "")[...0]
            + [WireFrame(.header, channel: call.channel, payload: header.bytes)]
            + ["abc", "def"].map { WireFrame(.body, channel: call.channel, payload: Array($0.utf8)) }
        let frames = call.delivery(1, "one") + call.delivery(2, "") + rich + call.delivery(4, "four")
        return frames.flatMap(\.bytes)
    }

    /// Confirms of five messages, one of which comes back.
    private static func confirms(
        _ call: ScriptedBroker.Occasion, _ publish: ScriptedBroker.Publish
    ) -> [UInt8] {
        [call.ack(2), call.giveBack(publish), call.nack(1), call.ack(5, multiple: true)].flatMap { answer in
            if case .frames(let frames) = answer { frames.flatMap(\.bytes) } else { [] as [UInt8] }
        }
    }
}
