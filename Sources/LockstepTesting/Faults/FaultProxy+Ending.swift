import Glibc
import NIOCore

extension FaultProxy {
    /// Resets connections on both sides, with what is still on its way.
    public func reset(on scope: FaultScope = .all) {
        for link in links where scope.covers(link) { resetBoth(link.index) }
    }

    /// Closes connections in good order, as if both sides had, after what is still on its way.
    public func close(on scope: FaultScope = .all) {
        for direction in FaultDirection.allCases { halfClose(direction, on: scope) }
    }

    /// Ends one way of connections, as if its sender had; the other way goes on.
    ///
    /// What the sender still sends is read and lost.
    public func halfClose(_ direction: FaultDirection, on scope: FaultScope = .all) {
        for link in links where scope.covers(link) { senderEnded(.finished, on: link.index, direction) }
    }

    /// Resets both sides of a connection.
    func resetBoth(_ index: Int) {
        guard !links[index].isReset else { return }
        links[index].isReset = true
        for direction in FaultDirection.allCases { links[index][direction].abandon() }
        reset(links[index].client)
        if let broker = links[index].broker { reset(broker) }
    }

    /// Closes a socket so that its other end gets a reset.
    func reset(_ channel: any Channel) {
        guard let options = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
        // Without a time to linger, closing throws away what is unsent and says so (socket(7)).
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }
}
