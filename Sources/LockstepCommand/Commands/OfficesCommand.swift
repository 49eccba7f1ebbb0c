import ArgumentParser
import LockstepService

struct OfficesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offices",
        abstract: "List the offices: what is ready, unacknowledged, waiting and dead, and how fast it moves.",
        discussion: "From RabbitMQ's management, whose figures are some seconds old."
    )

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        let rows = try await operations.officeRows()
        try output.list(rows, ifEmpty: "The configuration has no office.")
    }
}
