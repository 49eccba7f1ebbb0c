import LockstepTesting
import RabbitMQ
import Testing

/// Brokers that are slow, small, foreign, or change their mind.
@Suite(.timeLimit(.minutes(1)))
struct ScriptedOddBrokerTests {
    // MARK: Silence

    @Test
    func aBrokerThatFallsSilentAfterTheHandshakeIsGivenUpWithinTwoHeartbeats() async throws {
        try await withScriptedClient { call in
            call.method == .connectionOpen && call.life == 1 ? [.asUsual, .silence] : nil
        } configure: {
            $0.heartbeat = .seconds(1)
        } body: { stage in
            // Else opening its channel would have run into the time-out of commands, which is ten seconds.
            #expect(stage.breaks.codes("publishing") == ["connectionLost"])
            try await eventually("the other one is given up, too") {
                stage.breaks.codes("consuming") == ["connectionLost"]
            }
        }
    }

    @Test
    func whatASilentBrokerDidNotConfirmIsPublishedAgain() async throws {
        try await withScriptedClient { call in
            call.publish != nil && call.life == 1 ? [.silence] : nil
        } configure: {
            $0.heartbeat = .seconds(1)
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1", "2"])
            #expect(outcomes == [.confirmed, .confirmed])
            #expect(stage.broker.texts == ["1", "1", "2"], "the silent one heard only the first")
            #expect(stage.breaks.codes("publishing") == ["connectionLost"])
        }
    }

    @Test
    func aBrokerThatWantsNoHeartbeatsHasToSendThemAllTheSame() async throws {
        try await withScriptedClient { call in
            if call.method == .connectionStartOk { return [call.tune(heartbeat: 0)] }
            return call.publish != nil && call.life == 1 ? [.silence] : nil
        } configure: {
            $0.heartbeat = .seconds(1)
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.breaks.codes("publishing") == ["connectionLost"], "the silence was noticed")
            #expect(stage.broker.tuneOks.allSatisfy { $0.heartbeat == 1 })
        }
    }

    // MARK: Limits

    @Test
    func aBrokerWithSmallFramesGetsSmallFrames() async throws {
        let tooLarge = Collected<Int>()
        let body = String(repeating: "x", count: 20_000)
        try await withScriptedClient { call in
            if let size = call.frame?.bytes.count, size > 4_096 { tooLarge.append([size]) }
            return call.method == .connectionStartOk ? [call.tune(frameMax: 4_096)] : nil
        } body: { stage in
            // A body that ends with a full frame, too.
            let outcomes = try await stage.client.publish(texts: [body, String(body.prefix(4_088)), "small"])
            #expect(outcomes == [.confirmed, .confirmed, .confirmed])
            #expect(stage.broker.texts == [body, String(body.prefix(4_088)), "small"])
            #expect(stage.broker.tuneOks.allSatisfy { $0.frameMax == 4_096 })
            #expect(tooLarge.all.isEmpty)
            let headers: FieldTable = ["note": .string(String(repeating: "x", count: 5_000))]
            let message = Message(body: [], properties: MessageProperties(headers: headers))
            let error = await #expect(throws: RabbitMQError.self) {
                try await stage.client.publish(message, to: "", routingKey: "q")
            }
            #expect(error?.code == .headersTooLarge)
            #expect(stage.breaks.all.isEmpty)
        }
    }

    /// AMQP 0-9-1, 4.2.3: no limit may be below 4,096 bytes; librabbitmq once wrote beyond its buffer (CVE-2026-44236).
    @Test(arguments: [1, 8, 200, 4_095])
    func aLimitBelowTheSmallestFrameIsNotTaken(size: UInt32) async throws {
        try await withScriptedClient { call in
            call.method == .connectionStartOk ? [call.tune(frameMax: size)] : nil
        } body: { stage in
            let body = String(repeating: "x", count: 10_000)
            let outcomes = try await stage.client.publish(texts: [body])
            #expect(outcomes == [.confirmed])
            #expect(stage.broker.texts == [body])
            #expect(stage.broker.tuneOks.allSatisfy { $0.frameMax == 4_096 })
        }
    }

    @Test
    func aBrokerWithOneChannelServesOneConsumerAndSaysSoToTheNext() async throws {
        try await withScriptedClient { call in
            switch call.method {
            case .connectionStartOk: [call.tune(channelMax: 1)]
            case .basicConsume: [.asUsual, call.deliver(1, "only")]
            default: nil
            }
        } configure: {
            $0.topology = Topology(queues: [Queue(name: "q")])
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            try await consuming(stage) { seen in
                await seen.untilCount(1)
                let error = await #expect(throws: RabbitMQError.self) { try await stage.client.inspect(queue: "q") }
                #expect(error?.code == .channelClosed)
                #expect(error?.message.contains("channel_max") == true)
            }
            #expect(stage.breaks.all.isEmpty)
        }
    }

    // MARK: Foreigners

    /// The error that ends a client whose broker always answers like this.
    private static func fatalError(_ script: @escaping ScriptedBroker.Script) async throws -> RabbitMQError? {
        try await withScriptedBroker(script) { broker in
            let client = RabbitMQClient(configuration: try .init(url: broker.url), logger: .quiet)
            return await #expect(throws: RabbitMQError.self) { try await client.run() }
        }
    }

    @Test(arguments: ["", "EXTERNAL", "AMQPLAIN", "PLAINER EXTERNAL ", "XPLAIN"])
    func aBrokerWithoutPlainLoginEndsTheClientAndTheErrorSaysSo(mechanisms: String) async throws {
        let error = try await Self.fatalError { call in call.frame == nil ? [call.start(mechanisms: mechanisms)] : nil }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("PLAIN") == true, "\(String(describing: error))")
    }

    @Test
    func whoeverWaitsForTheClientLearnsWhyItEndedWhicheverConnectionFoundOut() async throws {
        try await withScriptedBroker { call in
            guard call.method == .connectionStartOk else { return nil }
            return call.isConsuming ? [call.closeConnection(403, "ACCESS_REFUSED")] : [.silence]
        } body: { broker in
            var configuration = try RabbitMQClientConfiguration(url: broker.url)
            configuration.connectTimeout = .milliseconds(500)
            let client = RabbitMQClient(configuration: configuration, logger: .quiet)
            let running = Task { try await client.run() }
            let error = await #expect(throws: RabbitMQError.self) { try await client.waitUntilReady() }
            #expect(error?.code == .authenticationFailed, "\(String(describing: error))")
            _ = await running.result
        }
    }

    /// What speaks something else is tried again, since it may be another program for a moment.
    @Test(arguments: [
        Array("AMQP".utf8) + [0, 0, 9, 1], Array("AMQP".utf8) + [1, 1, 0, 9],
        Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8), Array("AMQ".utf8), [0],
        Array(repeating: 0xFF, count: 5_000),
    ])
    func whatSpeaksAnotherProtocolIsTriedAgainWithAnErrorThatSaysSo(greeting: [UInt8]) async throws {
        try await withScriptedClient { call in
            call.frame == nil && call.connection <= 4 ? [.bytes(greeting), .endOfFile] : nil
        } body: { stage in
            let outcomes = try await stage.client.publish(texts: ["1"])
            #expect(outcomes == [.confirmed])
            #expect(stage.breaks.all.count >= 2)
            #expect(stage.breaks.all.allSatisfy { $0.message.contains("AMQP 0-9-1") }, "\(stage.breaks.all)")
        }
    }

    @Test
    func aBrokerOfAnotherVersionIsTriedAgain() async throws {
        try await withScriptedClient { call in
            call.frame == nil && call.connection <= 4 ? [call.start(version: (0, 8))] : nil
        } body: { stage in
            #expect(stage.breaks.all.count >= 2)
            #expect(stage.breaks.all.allSatisfy { $0.message.contains("AMQP 0-9-1") }, "\(stage.breaks.all)")
            _ = try await stage.client.publish(texts: ["1"])
        }
    }

    // MARK: Consumers

    /// Consumes while the closure runs; everything is acknowledged.
    private func consuming(
        _ stage: ScriptedStage, options: ConsumerOptions = .init(isolateRedelivered: false),
        _ body: @Sendable (Collected<String>) async throws -> Void
    ) async throws {
        let seen = Collected<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await stage.client.consume(from: "q", options: options) { batch in
                    seen.append(batch.map(\.message.text))
                    return Array(repeating: .ack, count: batch.count)
                }
            }
            try await body(seen)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test
    func aConsumerThatTheBrokerCancelsOrWhoseChannelItClosesIsSubscribedAgain() async throws {
        let consumers = Collected<UInt16>()
        try await withScriptedClient { call in
            guard call.method == .basicConsume else { return nil }
            consumers.append([call.channel])
            let delivery = call.deliver(1, "\(consumers.count)")
            switch consumers.count {
            case 1: return [.asUsual, delivery, call.cancelConsumer()]
            case 2: return [.asUsual, delivery, call.closeChannel(406, "PRECONDITION_FAILED - timeout")]
            case 3: return [call.closeChannel(404, "NOT_FOUND - no queue")]
            default: return [.asUsual, delivery]
            }
        } body: { stage in
            try await consuming(stage) { seen in
                // What came right before the end may be dropped: the broker has it back.
                try await eventually("the last subscription delivers") { seen.all.last == "4" }
                #expect(stage.client.consumers.map(\.isSubscribed) == [true])
            }
            #expect(consumers.count == 4)
            #expect(stage.breaks.all.isEmpty, "the connection stays")
        }
    }

    @Test
    func whatCrossesTheCloseOfAChannelIsPassedOver() async throws {
        let closes = Collected<UInt16>()
        try await withScriptedClient { call in
            switch call.method {
            case .basicConsume: return [.asUsual]
            case .channelClose where call.channel == 2:
                closes.append([call.channel])
                return [call.deliver(1, "late"), .asUsual, call.deliver(2, "later"), call.cancelConsumer()]
            default: return nil
            }
        } body: { stage in
            try await consuming(stage) { seen in
                try await eventually("it is subscribed") { stage.client.consumers.map(\.isSubscribed) == [true] }
                // Each of them has the next channel for itself.
                _ = try await stage.client.inspect(queue: "q")
                _ = try await stage.client.inspect(queue: "q")
                #expect(closes.count == 2 && seen.all.isEmpty)
            }
            #expect(stage.breaks.all.isEmpty)
        }
    }

    @Test
    func aConsumerGoesByTheTagThatTheBrokerGaveIt() async throws {
        try await withScriptedClient { call in
            guard call.method == .basicConsume else { return nil }
            let given = call.answer(.basicConsumeOk, WireArguments().shortString("another"))
            return [given, call.deliver(1, "hello", consumer: "another")]
        } body: { stage in
            // A careful consumer cancels its first subscription, and has to name it.
            try await consuming(stage, options: .init(tag: "mine")) { seen in
                await seen.untilCount(2)
                #expect(stage.client.consumers.map(\.tag) == ["another"])
            }
            let cancels = stage.broker.received.filter { $0.frame.method == .basicCancel }
            #expect(!cancels.isEmpty)
            for cancel in cancels {
                var arguments = WireArgumentReader(cancel.frame.arguments)
                #expect(arguments.shortString() == "another")
            }
            #expect(stage.breaks.all.isEmpty)
        }
    }
}

extension ScriptedBroker {
    /// The limits on which clients agreed.
    var tuneOks: [(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16)] {
        received.compactMap { received in
            guard received.frame.method == .connectionTuneOk else { return nil }
            var arguments = WireArgumentReader(received.frame.arguments)
            guard let channelMax = arguments.number(UInt16.self), let frameMax = arguments.number(UInt32.self),
                let heartbeat = arguments.number(UInt16.self)
            else { return nil }
            return (channelMax, frameMax, heartbeat)
        }
    }
}
