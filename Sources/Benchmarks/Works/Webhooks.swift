import ArgumentParser
import Lockstep
import LockstepHTTP
import LockstepTesting
import Logging
import Synchronization

/// Offices whose own systems are webhooks: how many posts a second their adapters make, each to an endpoint of its own.
///
/// The endpoints are in the same process, and share its processors.
struct Webhooks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Posts changes to webhooks on the loopback interface.")
    @Option(help: "Posts over all endpoints.") var count = 20_000
    @Option(help: "How many endpoints.") var endpoints = 100
    @Option(help: "How many changes an adapter is given at once.") var batch = 20

    func run() async throws {
        let (rounds, batch) = (max(1, count / endpoints / batch), batch)
        try await withScriptedHTTPServer { _ in
            .status(204)
        } body: { server in
            var options = WebhookOptions()
            options.allowPrivateAddresses = true
            options.secrets = [try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
            let url = "http://127.0.0.1:\(server.port)"
            let adapters = try (0..<endpoints).map { try WebhookAdapter(url: "\(url)/\($0)", options: options) }
            let context = AdapterContext(office: try OfficeName("ward-3"), logger: .benchmark)
            let measurement = Measurement()
            try await withThrowingDiscardingTaskGroup { group in
                for adapter in adapters {
                    group.addTask {
                        for round in 0..<rounds {
                            let changes = try (0..<batch).map { try Self.change(round * batch + $0) }
                            let outcomes = try await adapter.apply(changes, in: context)
                            if let other = outcomes.first(where: { $0 != .applied }) {
                                throw Spoiled(description: "not all was applied: \(other)")
                            }
                        }
                    }
                }
            }
            measurement.report("webhooks", count: rounds * batch * endpoints)
        }
    }

    private static func change(_ number: Int) throws -> Change {
        let event = try OfficeEvents.event(number, id: "event-\(number)")
        return Change(subject: event.subject, version: event.version, data: event.data, types: [event.type.text])
    }
}
