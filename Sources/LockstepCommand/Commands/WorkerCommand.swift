import ArgumentParser
import LockstepService

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Work for offices: receive their events, keep their replicas and calendars.",
        discussion: """
            One process may work for many offices; of several workers of the same office one works, the others stand \
            by. SIGTERM or Ctrl-C lets it finish what it has in hand and exit with 0; a second signal ends it at once, \
            and loses nothing either.
            """
    )

    @Argument(help: "The offices' names.")
    var offices: [String] = []

    @Flag(help: "Work for all offices of the configuration.")
    var all = false

    @OptionGroup var arguments: ConfigurationArguments

    @OptionGroup var metrics: MetricsArguments

    func validate() throws {
        guard all != !offices.isEmpty else { throw ValidationError("Name offices, or say --all.") }
    }

    func run() async throws {
        let operations = try arguments.operations(metricsPort: metrics.metricsPort, isService: true)
        let configuration = operations.configuration
        let subscriptions = all ? try configuration.allOffices() : try configuration.offices(named: offices)
        try await operations.work(for: subscriptions)
    }
}
