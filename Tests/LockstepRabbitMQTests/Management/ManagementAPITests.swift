import Lockstep
import LockstepRabbitMQ
import LockstepTesting
import PrivateBroker
import RabbitMQ
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ManagementAPITests {
    /// They are so much alike that the broker's answer is compressed to a small part.
    @Test func theQueuesOfManyOfficesAreRead() async throws {
        try await withOffices(declaring: false) { offices in
            let names = (0..<400).map { "queue-\($0)" }
            try await offices.client.declare(Topology(queues: names.map { Queue(name: $0) }))
            try await eventually("the statistics know them all") {
                Set(try await offices.management.queues().map(\.name)) == Set(names)
            }
        }
    }

    @Test func aWrongPasswordIsNamedAsWhatItIs() async throws {
        try await withOffices(declaring: false) { offices in
            let url = try #require(offices.host.broker.managementURL)
            let stranger = ManagementAPI(
                .init(url: url, user: "guest", password: "wrong", virtualHost: offices.host.name))
            await #expect {
                _ = try await stranger.queues()
            } throws: { error in
                "\(error)".contains("refused the user or its password")
            }
        }
    }
}
