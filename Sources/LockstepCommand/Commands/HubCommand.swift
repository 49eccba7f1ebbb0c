import ArgumentParser
import LockstepService

struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub",
        abstract: "Answer HTTP: take events in, show everything, and post to callbacks.",
        discussion: """
            GET /openapi.json describes the API. It listens on 127.0.0.1:8470 unless hub.listen says otherwise, asks for \
            tokens as soon as 'lockstep tokens create' has made one, and refuses to be reached from elsewhere without \
            tokens and TLS. Events that are sent in are on disk before they are answered, and published from there. \
            It is the worker of the offices that have a callback. \
            SIGTERM or Ctrl-C lets it answer what it has accepted and exit with 0.
            """
    )

    @OptionGroup var arguments: ConfigurationArguments

    @OptionGroup var metrics: MetricsArguments

    @Option(
        help: ArgumentHelp(
            "Where to listen, in the configuration's place; port 0: any that is free.", valueName: "address"))
    var listen: String?

    @Option(help: "Who publishes events that do not say so, as long as no token is needed.")
    var origin: String?

    func run() async throws {
        try await arguments.operations(
            origin: origin, metricsPort: metrics.metricsPort, listen: listen, isService: true
        ).hub()
    }
}
