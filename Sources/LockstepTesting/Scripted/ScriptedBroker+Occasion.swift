extension ScriptedBroker {
    /// What a scripted broker does at each frame that arrives: its answers, or `nil` for those of a good broker.
    ///
    /// Called on the broker's one thread, frame by frame.
    public typealias Script = @Sendable (Occasion) -> [Answer]?

    /// Something arrived: the moment at which a script says what the broker does.
    public struct Occasion: Sendable {
        /// Which connection it is, counted from 1 as they are accepted.
        public let connection: Int
        /// What the client calls its connection; empty until `connection.start-ok` has told.
        public let name: String
        /// Which connection of this name it is, counted from 1; 0 while the name is not known.
        public let life: Int
        /// What arrived; `nil` for the protocol header with which a client begins.
        public let frame: WireFrame?
        /// The message that this frame completes.
        public let publish: Publish?

        /// Which method arrived.
        public var method: WireMethod? { frame?.method }
        /// The channel on which it arrived.
        public var channel: UInt16 { frame?.channel ?? 0 }
    }

    /// A message that a client published.
    public struct Publish: Sendable, Hashable {
        /// The connection that it came by, counted from 1.
        public let connection: Int
        /// Its number on its channel, counted from 1, as confirms name it.
        public let number: UInt64
        /// Where it was published to.
        public let exchange: String
        /// The routing key.
        public let routingKey: String
        /// The message id of its properties.
        public let messageID: String?
        /// The body, put together from its frames.
        public let body: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A method that a client sent.
    public struct Received: Sendable, Hashable {
        /// The connection that it came by, counted from 1.
        public let connection: Int
        /// What the client calls that connection.
        public let name: String
        /// Which connection of that name it is, counted from 1.
        public let life: Int
        /// The method's frame.
        public let frame: WireFrame
    }

    /// One thing that a scripted broker does.
    public enum Answer: Sendable, Hashable {
        /// What a good broker would do at this moment.
        case asUsual
        /// Sends frames.
        case frames([WireFrame])
        /// Sends bytes, whatever they mean.
        case bytes([UInt8])
        /// Closes the socket after what was sent: the client reads to the end and finds the end of file.
        case endOfFile
        /// Closes the socket with a reset: what the client has not read yet may be lost.
        case reset
        /// Says nothing more, heartbeats included, and leaves the socket open.
        case silence
    }
}
