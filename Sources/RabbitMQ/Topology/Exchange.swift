/// An exchange as it is to be declared.
public struct Exchange: Sendable, Hashable {
    /// The name, at most 255 bytes.
    public var name: String
    /// How it routes.
    public var kind: Kind
    /// Whether it outlives a restart of the broker.
    public var durable: Bool
    /// Whether only other exchanges may publish to it.
    public var isInternal: Bool
    /// Further arguments, such as `alternate-exchange`.
    public var arguments: FieldTable

    /// Makes an exchange.
    public init(
        name: String, kind: Kind = .topic, durable: Bool = true, isInternal: Bool = false, arguments: FieldTable = [:]
    ) {
        self.name = name
        self.kind = kind
        self.durable = durable
        self.isInternal = isInternal
        self.arguments = arguments
    }

    /// How an exchange routes.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        /// The broker's name of the type.
        public let description: String

        /// A type that a plugin of the broker brings.
        public init(_ name: String) { description = name }

        public static let topic = Kind("topic")
        public static let direct = Kind("direct")
        public static let fanout = Kind("fanout")
        public static let headers = Kind("headers")
    }
}
