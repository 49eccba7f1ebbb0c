import Foundation
import LockstepTesting
import Testing

/// `lockstep up` in an empty directory, with a broker of its own.
@Suite("A whole site with one command", .timeLimit(.minutes(5)), .serialized)
struct UpTests {
    private static let configured = """
        origin: core
        hub: { listen: "127.0.0.1:0" }
        offices:
          ward-3: { events: ["permit.*.ward-3"] }
          city-hall: { events: ["#"] }

        """

    /// A directory with a configuration that names no broker.
    private struct Place: Sendable {
        let directory: URL

        func start(_ arguments: String...) throws -> ChildCommand {
            try ChildCommand(
                Site.products.appending(path: "lockstep"), arguments,
                environment: [
                    "LOCKSTEP_CONFIG": directory.appending(path: "lockstep.yaml").path,
                    "LOCKSTEP_STATE": directory.appending(path: "state").path,
                    "LOCKSTEP_BROKER_URL": "", "LOCKSTEP_MANAGEMENT_URL": "",
                ])
        }

        /// Publishes a permit, and waits until an office has it.
        func publish(_ number: Int) async throws {
            try await eventually("permit \(number) reaches its offices", within: .seconds(60), every: .seconds(1)) {
                let published = try await start(
                    "publish", "permit.issued", "--about", "permit/\(number)", "--scope", "ward-3", "{}"
                ).ended()
                guard published.status == 0 else { return false }
                let records = try await start("office", "ward-3", "--records").ended()
                return records.output.contains("permit/\(number)\"")
            }
        }

        func broker() async throws -> (status: Int32, pid: Int32?) {
            let ended = try await start("broker", "status", "--json").ended()
            let object = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
            return (ended.status, (object?["pid"] as? Int).map(Int32.init))
        }
    }

    @Test("it runs all, alone, brings a dead broker back, and stops the broker last")
    func wholeSite() async throws {
        try await withTemporaryDirectory { directory in
            let place = Place(directory: directory)
            try Self.configured.write(
                to: directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            let site = try place.start("up")
            // What is published before both have a queue goes to nobody, and the ledger waits for their word.
            try await eventually("both offices are at work", within: .seconds(120)) {
                site.errorSoFar.components(separatedBy: "The office is at work").count == 3 || !site.isRunning
            }
            try await eventually("it says so") { site.errorSoFar.contains("The site is up") || !site.isRunning }
            #expect(site.isRunning, "\(site.errorSoFar)")
            try await place.publish(1)

            let second = try await place.start("up").ended()
            #expect(second.status == 69, "\(second.error)")
            #expect(second.error.contains("already (process \(site.processID))"), "\(second.error)")

            let broker = try #require(try await place.broker().pid)
            kill(broker, SIGKILL)
            try await eventually("the broker is there again", within: .seconds(120)) {
                site.errorSoFar.contains("The broker is there again")
            }
            #expect(try await place.broker().pid != broker)
            try await place.publish(2)
            try await eventually("the ledger has heard of all that", within: .seconds(60), every: .milliseconds(200)) {
                let status = try await place.start("status").ended()
                return status.status == 0 && status.output.contains("ward-3")
            }

            site.signal(SIGTERM)
            let ended = await site.ended()
            #expect(ended.status == 0, "\(ended.error)")
            #expect(try await place.broker().status == 1, "nothing is left running")
            let last = ended.error.split(separator: "\n").last { $0.contains("stopped") || $0.contains("at work") }
            #expect(last?.contains("The broker has stopped") == true, "\(ended.error)")
        }
    }
}
