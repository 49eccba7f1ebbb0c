import Glibc
import NIOCore

/// The socket of one conversation: carries out what the conversation says.
final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var conversation: BrokerConversation
    private let channel: any NIOCore.Channel
    private let ledger: BrokerLedger
    private var heartbeats: RepeatedTask?

    init(_ conversation: BrokerConversation, channel: any NIOCore.Channel, ledger: BrokerLedger) {
        self.conversation = conversation
        self.channel = channel
        self.ledger = ledger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for effect in conversation.receive(unwrapInboundIn(data).readableBytesView) { carryOut(effect) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        heartbeats?.cancel()
        ledger.ended(conversation.connection)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that is tested may close as it likes.
        context.close(promise: nil)
    }

    private func carryOut(_ effect: BrokerConversation.Effect) {
        switch effect {
        case .send(let bytes):
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        case .endOfFile:
            heartbeats?.cancel()
            // Only the broker's half: a whole close would be a reset where the client has something on its way.
            let channel = channel
            channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(mode: .output, promise: nil) }
        case .reset:
            heartbeats?.cancel()
            let channel = channel
            guard let socket = channel as? any SocketOptionProvider else {
                preconditionFailure("A connection of NIO's is a socket.")
            }
            channel.writeAndFlush(ByteBuffer()).flatMap {
                // A time of zero to linger makes the kernel send a reset.
                socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            }.whenComplete { _ in channel.close(promise: nil) }
        case .silence:
            heartbeats?.cancel()
        case .heartbeat(let seconds):
            beginHeartbeats(seconds)
        case .named(let name): ledger.note(name: name)
        case .received(let received): ledger.note(received)
        case .published(let publish): ledger.note(publish)
        }
    }

    private func beginHeartbeats(_ seconds: UInt16) {
        guard seconds > 0 else { return }
        let pause = TimeAmount.milliseconds(Int64(seconds) * 500)
        let channel = channel
        heartbeats = channel.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
            let frame = WireFrame(.heartbeat, channel: 0, payload: [])
            channel.writeAndFlush(ByteBuffer(bytes: frame.bytes), promise: nil)
        }
    }
}
