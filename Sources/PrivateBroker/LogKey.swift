/// The metadata keys of this module's log messages.
enum LogKey {
    static let amqpPort = "amqp-port"
    static let managementPort = "management-port"
    static let node = "node"
    static let processID = "pid"
    static let signal = "signal"
}
