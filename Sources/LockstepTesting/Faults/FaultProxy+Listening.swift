import Glibc
import NIOCore
import NIOPosix

extension FaultProxy {
    /// Lets nobody in: who connects is refused, as if no broker ran.
    ///
    /// Connections that are there stay.
    public func refuse() async {
        reception = .refused
        guard let listener else { return }
        self.listener = nil
        // A process that is just being started has a copy of the socket for a moment, and would go on listening.
        try? listener.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: NIOBSDSocket.Handle) in
            _ = shutdown(socket, Int32(SHUT_RD))
        }
        // Closed is closed, whatever it says.
        try? await listener.close()
    }

    /// Accepts who connects and never says a word, nor does the broker hear of it.
    ///
    /// Connections that are there stay.
    ///
    /// - Throws: `IOError` where the proxy cannot listen.
    public func silence() async throws {
        reception = .silent
        try await listen()
    }

    /// Passes on who connects, after ``refuse()`` or ``silence()``; connections that met silence are reset.
    ///
    /// - Throws: `IOError` where the proxy cannot listen.
    public func accept() async throws {
        reception = .forwarded
        for link in links where link.isSilent && link.isClientOpen { reset(link.client) }
        try await listen()
    }

    /// Ends everything that the proxy has.
    func shutDown() async {
        await refuse()
        injections = []
        reset()
        for link in links {
            try? await link.client.closeFuture.get()
            try? await link.broker?.closeFuture.get()
        }
    }

    private func listen() async throws {
        guard listener == nil else { return }
        var bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.assumeIsolated { try $0.accepted(channel) } }
            }
        if let receiveBuffer {
            // Before a client connects: its window is agreed on with the first packets.
            bootstrap = bootstrap.serverChannelOption(
                .socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBuffer))
        }
        listener = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
    }

    private func accepted(_ client: any Channel) throws {
        let index = links.count
        links.append(FaultLink(index: index, client: client, isSilent: reception == .silent))
        try client.pipeline.syncOperations.addHandler(
            FaultLinkHandler(proxy: self, link: index, direction: .clientToBroker))
        switch reception {
        case .forwarded: connect(index)
        case .silent:
            links[index][.clientToBroker].abandon()
            updateReading(index, .clientToBroker)
        case .refused: resetBoth(index)
        }
    }

    private func connect(_ index: Int) {
        followRules(index)
        ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        FaultLinkHandler(proxy: self, link: index, direction: .brokerToClient))
                }
            }
            .connect(host: target.host, port: target.port)
            .whenComplete { result in
                self.assumeIsolated { proxy in
                    switch result {
                    case .success(let broker): proxy.connected(index, to: broker)
                    case .failure: proxy.resetBoth(index)
                    }
                }
            }
    }

    private func connected(_ index: Int, to broker: any Channel) {
        links[index].broker = broker
        if links[index].isReset { return reset(broker) }
        for direction in FaultDirection.allCases { turn(index, direction) }
    }
}
