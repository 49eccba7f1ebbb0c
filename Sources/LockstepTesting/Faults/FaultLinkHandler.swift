import NIOCore

/// Tells the proxy what happens at one socket; runs on the proxy's event loop.
final class FaultLinkHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let proxy: FaultProxy
    private let link: Int
    /// The lane that this socket's other end talks on.
    private let direction: FaultDirection

    init(proxy: FaultProxy, link: Int, direction: FaultDirection) {
        self.proxy = proxy
        self.link = link
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        proxy.assumeIsolated { $0.received(bytes, on: link, direction) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else { return }
        proxy.assumeIsolated { $0.senderEnded(.finished, on: link, direction) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        proxy.assumeIsolated { $0.closed(link, direction) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Who may write again is fed by the other lane.
        proxy.assumeIsolated { $0.updateReading(link, direction.opposite) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset, or a peer that is gone.
        proxy.assumeIsolated { $0.senderEnded(.reset, on: link, direction) }
        context.close(promise: nil)
    }
}
