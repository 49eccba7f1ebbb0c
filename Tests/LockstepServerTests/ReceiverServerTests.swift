import Lockstep
import LockstepServer
import Logging
import ServiceLifecycle
import Testing

/// What an office's receiver is held to, whoever asks: signatures are looked at only after the body has come.
@Suite("A receiver's limits", .timeLimit(.minutes(1)))
struct ReceiverServerTests {
    private static func withReceiver(
        _ limits: RequestLimits, _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var server = ReceiverServer(
            host: "127.0.0.1", port: 0, path: "/sync_callback", limits: limits, tls: nil,
            content: ReceiverServer.Content(
                take: { ReceiverServer.Answer(200, "\($0.body.count) bytes") }, notReadyBecause: { nil }),
            logger: logger)
        server.listens = { port.yield($0) }
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let number = await ports.first(where: { _ in true }) else { return }
            try await body(number)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func post(_ length: Int) -> String {
        "POST /sync_callback HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test("a body that comes by drops has to come to its end all the same")
    func slowBody() async throws {
        try await Self.withReceiver(RequestLimits(patience: .seconds(1))) { port in
            let connection = try RawConnection(port: port)
            connection.send(Self.post(100_000))
            let answer = try #require(await connection.dripUntilAnswered())
            // What is sent on after the answer may have the connection reset, and the answer with it.
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408"), "\(answer)")
            let quick = try RawConnection(port: port)
            quick.send(Self.post(3) + "abc")
            let taken = await quick.answer(within: 20_000)
            #expect(taken.hasPrefix("HTTP/1.1 200") && taken.hasSuffix("3 bytes\n"), "\(taken)")
        }
    }

    @Test("a body that is too large is refused")
    func largeBody() async throws {
        try await Self.withReceiver(RequestLimits(size: 10)) { port in
            let connection = try RawConnection(port: port)
            connection.send(Self.post(11))
            #expect(await connection.answer(within: 20_000).hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("no more connections are taken than there may be, and the next one when another has gone")
    func connections() async throws {
        try await Self.withReceiver(RequestLimits(patience: .seconds(60), connections: 2)) { port in
            var open: [RawConnection] = []
            for _ in 1...2 {
                let connection = try RawConnection(port: port)
                connection.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                #expect(await connection.answer(within: 20_000).hasPrefix("HTTP/1.1 200"))
                open.append(connection)
            }
            let third = try RawConnection(port: port)
            third.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            #expect(await third.answer(within: 1_000).isEmpty)
            open.removeAll()
            #expect(await third.answer(within: 20_000).hasPrefix("HTTP/1.1 200"))
        }
    }
}
