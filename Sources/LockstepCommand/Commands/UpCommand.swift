import ArgumentParser
import LockstepService

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run a whole small site: broker, ledger, relay, hub and all offices, with one command and one log.",
        discussion: """
            For development and small sites. Where no broker is configured, a private one runs in the state's directory \
            (it needs Debian's rabbitmq-server); it is started again should it die, and other commands with the same state \
            find it. The relay runs where an outbox is configured. SIGTERM or Ctrl-C stops all in order, the broker last.
            """
    )

    @OptionGroup var arguments: ConfigurationArguments

    @OptionGroup var metrics: MetricsArguments

    func run() async throws {
        try await arguments.operations(metricsPort: metrics.metricsPort, isService: true).up()
    }
}
