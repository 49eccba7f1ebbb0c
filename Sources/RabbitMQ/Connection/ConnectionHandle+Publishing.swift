import CRabbitMQ

extension ConnectionHandle {
    /// Holds back partial segments while a batch is published, or lets them go.
    ///
    /// Without letting go, a body that ends with a full frame would lie in the kernel for 200 ms.
    func cork(_ isCorked: Bool) {
        crabbitmq_cork(descriptor, isCorked ? 1 : 0)
    }

    /// Publishes a message as mandatory.
    ///
    /// Everything that cannot be encoded is found before the first byte is sent: an error of code
    /// `connectionLost` or `protocolViolation` means that the connection is dead, any other that nothing was sent.
    func publish(_ publication: Publication, on channel: UInt16) throws {
        defer { arena.recycle() }
        let message = publication.message
        var properties = try message.properties.encoded(in: arena)
        guard fits(&properties) else { throw RabbitMQError.headersTooLarge }
        let exchange = arena.bytes(publication.exchange)
        let routingKey = arena.bytes(publication.routingKey)
        try message.body.withUnsafeBytes { body in
            let bytes = amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
            try call { amqp_basic_publish(state, channel, exchange, routingKey, 1, 0, &properties, bytes) }
        }
    }
}

extension RabbitMQError {
    static var headersTooLarge: RabbitMQError {
        RabbitMQError(
            .headersTooLarge,
            "The message's properties and headers do not fit into a frame of the connection. Nothing was sent. "
                + "Put large data into the body.")
    }
}
