/// What the management API says of the broker as a whole.
public struct BrokerOverview: Sendable, Decodable {
    /// RabbitMQ's version.
    public let version: String
    /// Erlang's version.
    public let erlangVersion: String?
    /// The cluster's name.
    public let clusterName: String?

    private enum CodingKeys: String, CodingKey {
        case version = "rabbitmq_version"
        case erlangVersion = "erlang_version"
        case clusterName = "cluster_name"
    }
}

/// What the management API says of one node.
public struct BrokerNode: Sendable, Decodable {
    /// The node's name.
    public let name: String
    /// Whether it runs.
    public let running: Bool
    /// Whether it uses more memory than it may: publishers are blocked then.
    public let memoryAlarm: Bool?
    /// Whether its disk is nearly full: publishers are blocked then.
    public let diskAlarm: Bool?
    /// Bytes free on its disk.
    public let diskFree: Int?
    /// Bytes below which the disk counts as nearly full.
    public let diskFreeLimit: Int?

    private enum CodingKeys: String, CodingKey {
        case name
        case running
        case memoryAlarm = "mem_alarm"
        case diskAlarm = "disk_free_alarm"
        case diskFree = "disk_free"
        case diskFreeLimit = "disk_free_limit"
    }
}
