/// Which of a proxy's connections something is done to.
public struct FaultScope: Sendable, Hashable {
    private enum Kind: Hashable {
        case all
        case index(Int)
        case name(String)
    }

    private let kind: Kind

    /// Every connection, also those that are yet to come.
    public static let all = FaultScope(kind: .all)

    /// One connection, by the order in which clients came; the first is 0.
    public static func connection(_ index: Int) -> FaultScope { FaultScope(kind: .index(index)) }

    /// The connections whose AMQP name (`connection_name`) contains this text, also those that are yet to come.
    ///
    /// A client tells its name in `connection.start-ok`, the first frame that it sends: a connection is in this scope
    /// only from then on. `RabbitMQClient` names its connections so that they end with `publishing` and `consuming`.
    public static func named(_ text: String) -> FaultScope { FaultScope(kind: .name(text)) }

    func covers(index: Int, name: String?) -> Bool {
        switch kind {
        case .all: true
        case .index(let only): index == only
        case .name(let text): name?.contains(text) == true
        }
    }
}
