import FoundationEssentials
import PrivateBroker
import RabbitMQ

extension Configuration {
    /// Where a private broker of this state lives.
    var privateBrokerDirectory: URL { state.appending(path: "broker", directoryHint: .isDirectory) }

    /// Takes the private broker that runs in the state's directory, where nobody has said which broker is meant.
    mutating func findPrivateBroker() {
        guard !broker.isNamed, let status = try? PrivateBroker.status(in: privateBrokerDirectory),
            status.processID != nil
        else { return }
        broker.use(status)
    }
}

extension BrokerConfiguration {
    /// Uses a private broker of this machine.
    mutating func use(_ status: PrivateBrokerStatus) {
        guard let endpoint = try? Endpoint(url: status.amqpURL) else {
            preconditionFailure("a private broker's URL is one")
        }
        endpoints = [endpoint]
        management = ManagementAddress(
            url: status.managementURL, user: endpoint.user, password: endpoint.password)
    }
}
