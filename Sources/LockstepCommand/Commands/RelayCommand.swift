import ArgumentParser
import LockstepService

struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Publish what a core app writes to its outbox.",
        discussion: """
            Set outbox.sqlite or outbox.postgres to the core app's database. The relay is woken by the core app's commits, publishes in \
            their order, and marks what the broker has confirmed. While the broker is away the core app goes on \
            writing. Of several relays on the same file one works, the others stand by; \
            on PostgreSQL all of them work. SIGTERM or Ctrl-C lets it \
            finish what it has in hand and exit with 0; a second signal ends it at once, and loses nothing either.
            """
    )

    @OptionGroup var arguments: ConfigurationArguments

    @OptionGroup var metrics: MetricsArguments

    @Option(help: "Who publishes from here, in the configuration's place.")
    var origin: String?

    func run() async throws {
        try await arguments.operations(origin: origin, metricsPort: metrics.metricsPort, isService: true).relay()
    }
}
