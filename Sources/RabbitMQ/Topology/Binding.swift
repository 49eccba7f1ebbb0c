/// What makes an exchange route to a queue or to another exchange.
public struct Binding: Sendable, Hashable {
    /// The exchange that routes.
    public var source: String
    /// Where it routes to.
    public var destination: Destination
    /// The routing key, or the pattern of it, at most 255 bytes.
    public var routingKey: String
    /// Further arguments, as a headers exchange needs them.
    public var arguments: FieldTable

    /// Makes a binding.
    public init(source: String, destination: Destination, routingKey: String, arguments: FieldTable = [:]) {
        self.source = source
        self.destination = destination
        self.routingKey = routingKey
        self.arguments = arguments
    }

    /// A queue or an exchange, by name.
    public enum Destination: Sendable, Hashable {
        case queue(String)
        case exchange(String)
    }
}
