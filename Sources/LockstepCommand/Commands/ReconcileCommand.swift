import ArgumentParser
import LockstepService

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare offices with the core's replica, name what differs, and repair it.",
        discussion: """
            Run it where the worker of the office 'reconcile.core' runs; other offices are read from their file where it \
            is here, else asked through the broker. An office is sent what it lacks, the core what the office is ahead \
            by; nothing is ever deleted because it is missing somewhere. The exit status is 1 where something differed.
            """
    )

    @Argument(help: "An office's name; none: all of them.")
    var offices: [String] = []

    @Flag(help: "Only name what differs.")
    var dryRun = false

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        let chosen =
            try offices.isEmpty
            ? operations.configuration.allOffices() : operations.configuration.offices(named: offices)
        let result = try await operations.reconcile(chosen, repairing: !dryRun)
        try output.list(result.rows, ifEmpty: result.sentence)
        if !result.rows.isEmpty { throw Failure.attention }
    }
}
