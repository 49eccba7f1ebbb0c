/// What the nodes of a cluster have in common, besides their epmd's port.
struct ClusterMembership: Sendable {
    /// The names of all nodes, in Erlang.
    let nodes: [String]
    /// The secret by which they know each other.
    let cookie: String

    /// A secret such as Erlang makes up itself: capital letters.
    static func newCookie() -> String {
        String((0..<20).map { _ in Character(UnicodeScalar(UInt8.random(in: 65...90))) })
    }

    /// Lines of `rabbitmq.conf`: the nodes find each other by a list, and the first one up takes in the others.
    var settings: [(key: String, value: String)] {
        [("cluster_formation.peer_discovery_backend", "classic_config")]
            + nodes.enumerated().map { ("cluster_formation.classic_config.nodes.\($0 + 1)", $1) }
    }
}
