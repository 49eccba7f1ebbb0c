/// What a scripted broker and one client say to each other; pure.
///
/// Bytes go in, and what the broker does comes out. It knows just enough AMQP to be a good broker where the script says
/// nothing.
struct BrokerConversation {
    /// What is to be done at the socket, or remembered.
    enum Effect: Sendable, Hashable {
        case send([UInt8])
        case endOfFile
        case reset
        /// Nothing more is sent.
        case silence
        /// The client wants to hear something this often, in seconds; 0 for never.
        case heartbeat(UInt16)
        case named(String)
        case received(ScriptedBroker.Received)
        case published(ScriptedBroker.Publish)
    }

    /// What the broker remembers of a channel.
    struct Channel {
        var confirms = false
        var publishes: UInt64 = 0
        var content: WireContent?
    }

    let connection: Int
    private let script: ScriptedBroker.Script
    private let lives: [String: Int]
    private var reader = WireFrameReader()
    private var protocolHeader: [UInt8]? = []
    private(set) var name = ""
    private(set) var life = 0
    private(set) var isOver = false
    var channels: [UInt16: Channel] = [:]

    /// - Parameters:
    ///   - connection: which one it is, from 1.
    ///   - lives: how many connections of each name there have been before.
    init(connection: Int, lives: [String: Int], script: @escaping ScriptedBroker.Script) {
        self.connection = connection
        self.lives = lives
        self.script = script
    }

    /// Takes in what arrived.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Effect] {
        var effects: [Effect] = []
        var bytes = Array(bytes)
        if let begun = protocolHeader {
            let header = begun + bytes.prefix(8 - begun.count)
            bytes.removeFirst(header.count - begun.count)
            protocolHeader = header.count < 8 ? header : nil
            guard header.count == 8 else { return [] }
            answer(frame: nil, publish: nil, &effects)
        }
        reader.append(bytes)
        do throws(WireFrameReader.NotAFrame) {
            while !isOver, let frame = try reader.next() { receive(frame, &effects) }
        } catch {
            // The client is the one that is tested: what it sends wrongly must be seen.
            effects.append(.reset)
            isOver = true
        }
        return effects
    }

    private mutating func receive(_ frame: WireFrame, _ effects: inout [Effect]) {
        if frame.method == .connectionStartOk {
            var arguments = WireArgumentReader(frame.arguments)
            name = arguments.texts()?["connection_name"] ?? ""
            life = (lives[name] ?? 0) + 1
            effects.append(.named(name))
        }
        if frame.method != nil {
            effects.append(
                .received(
                    ScriptedBroker.Received(connection: connection, name: name, life: life, frame: frame)))
        }
        let publish = noteContent(frame)
        if let publish { effects.append(.published(publish)) }
        answer(frame: frame, publish: publish, &effects)
    }

    /// Puts messages together; returns the one that this frame completes.
    private mutating func noteContent(_ frame: WireFrame) -> ScriptedBroker.Publish? {
        if let content = WireContent(publish: frame) {
            channels[frame.channel, default: Channel()].content = content
        } else {
            channels[frame.channel]?.content?.receive(frame)
        }
        guard let content = channels[frame.channel]?.content, content.isComplete else { return nil }
        channels[frame.channel]?.content = nil
        channels[frame.channel]?.publishes += 1
        return ScriptedBroker.Publish(
            connection: connection, number: channels[frame.channel]?.publishes ?? 0, exchange: content.exchange,
            routingKey: content.routingKey, messageID: content.messageID, body: content.body)
    }

    private mutating func answer(
        frame: WireFrame?, publish: ScriptedBroker.Publish?, _ effects: inout [Effect]
    ) {
        let occasion = ScriptedBroker.Occasion(
            connection: connection, name: name, life: life, frame: frame, publish: publish)
        for answer in script(occasion) ?? [.asUsual] where !isOver {
            switch answer {
            case .asUsual: answerAsUsual(occasion, &effects)
            case .frames(let frames): effects.append(.send(frames.flatMap(\.bytes)))
            case .bytes(let bytes): effects.append(.send(bytes))
            case .endOfFile: end(.endOfFile, &effects)
            case .reset: end(.reset, &effects)
            case .silence: end(.silence, &effects)
            }
        }
    }

    /// Says nothing more, and hears nothing.
    mutating func end(_ effect: Effect, _ effects: inout [Effect]) {
        effects.append(effect)
        isOver = true
    }
}
