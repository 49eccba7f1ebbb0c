/// What a good broker does.
extension BrokerConversation {
    mutating func answerAsUsual(_ occasion: ScriptedBroker.Occasion, _ effects: inout [Effect]) {
        guard let frame = occasion.frame else { return send(occasion.start(), &effects) }
        if let publish = occasion.publish, channels[frame.channel]?.confirms == true {
            return send(occasion.ack(publish.number), &effects)
        }
        guard let method = frame.method else { return }
        switch method {
        case .connectionStartOk: send(occasion.tune(), &effects)
        case .connectionTuneOk:
            var arguments = WireArgumentReader(frame.arguments.dropFirst(6))
            effects.append(.heartbeat(arguments.number(UInt16.self) ?? 0))
        case .connectionOpen: send(occasion.answer(.connectionOpenOk, WireArguments().shortString("")), &effects)
        case .connectionClose:
            send(occasion.answer(.connectionCloseOk), &effects)
            end(.endOfFile, &effects)
        case .connectionCloseOk: end(.endOfFile, &effects)
        case .channelOpen:
            channels[frame.channel] = Channel()
            send(occasion.answer(.channelOpenOk, WireArguments().longString("")), &effects)
        case .channelClose:
            channels[frame.channel] = nil
            send(occasion.answer(.channelCloseOk), &effects)
        case .channelCloseOk: channels[frame.channel] = nil
        case .confirmSelect:
            channels[frame.channel]?.confirms = true
            send(occasion.answer(.confirmSelectOk), &effects)
        case .queueDeclare:
            let name = Self.firstName(frame)
            send(occasion.answer(.queueDeclareOk, WireArguments().shortString(name).long(0).long(0)), &effects)
        case .basicConsume:
            var arguments = WireArgumentReader(frame.arguments.dropFirst(2))
            _ = arguments.shortString()
            let tag = arguments.shortString() ?? ""
            let given = tag.isEmpty ? "consumer" : tag
            send(occasion.answer(.basicConsumeOk, WireArguments().shortString(given)), &effects)
        case .basicCancel:
            var arguments = WireArgumentReader(frame.arguments)
            let tag = arguments.shortString() ?? ""
            send(occasion.answer(.basicCancelOk, WireArguments().shortString(tag)), &effects)
        default:
            guard let answer = Self.plainAnswers[method] else { return }
            send(occasion.answer(answer.method, WireArguments(answer.arguments)), &effects)
        }
    }

    private func send(_ answer: ScriptedBroker.Answer, _ effects: inout [Effect]) {
        guard case .frames(let frames) = answer else { return }
        effects.append(.send(frames.flatMap(\.bytes)))
    }

    /// The name that follows the reserved first number, as of the queue in `queue.declare`.
    private static func firstName(_ frame: WireFrame) -> String {
        var arguments = WireArgumentReader(frame.arguments.dropFirst(2))
        return arguments.shortString() ?? ""
    }

    /// Methods whose answer is always the same; a queue is always empty.
    private static let plainAnswers: [WireMethod: (method: WireMethod, arguments: [UInt8])] = [
        WireMethod(40, 10): (WireMethod(40, 11), []),  // exchange.declare
        WireMethod(40, 20): (WireMethod(40, 21), []),  // exchange.delete
        WireMethod(40, 30): (WireMethod(40, 31), []),  // exchange.bind
        WireMethod(40, 40): (WireMethod(40, 51), []),  // exchange.unbind
        WireMethod(50, 20): (WireMethod(50, 21), []),  // queue.bind
        WireMethod(50, 30): (WireMethod(50, 31), [0, 0, 0, 0]),  // queue.purge
        WireMethod(50, 40): (WireMethod(50, 41), [0, 0, 0, 0]),  // queue.delete
        WireMethod(50, 50): (WireMethod(50, 51), []),  // queue.unbind
        .basicQos: (.basicQosOk, []),
        WireMethod(60, 70): (WireMethod(60, 72), [0]),  // basic.get
    ]
}
