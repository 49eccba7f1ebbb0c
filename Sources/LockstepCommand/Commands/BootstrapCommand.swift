import ArgumentParser
import LockstepService

struct BootstrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Fill a new office from the core's replica, while events keep flowing.",
        discussion: """
            First 'lockstep topology apply', so that the office's queue takes what is published from now on; then this, \
            where the worker of the office 'reconcile.core' runs. Doing it again, or while the office works, does no harm.
            """
    )

    @Argument(help: "The office's name.")
    var office: String

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        let office = try operations.configuration.office(named: office)
        try output.detail(try await operations.bootstrap(office) { _ in })
    }
}
