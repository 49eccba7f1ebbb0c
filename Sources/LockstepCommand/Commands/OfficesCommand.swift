import ArgumentParser
import LockstepService

struct OfficesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offices",
        abstract: "List the offices: what is ready, unacknowledged, waiting and dead, and how fast it moves.",
        discussion: """
            From RabbitMQ's management, whose figures are some seconds old. BREAKER is from the files of this machine: \
            whether the office's worker tries (closed) or has stopped since the office is down (open), for how long, when \
            it tries again, and why; for a worker elsewhere, or none, it is -.
            """
    )

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        let rows = try await operations.officeRows()
        try output.list(rows, ifEmpty: "The configuration has no office.")
    }
}
