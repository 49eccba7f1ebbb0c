import ArgumentParser
import LockstepService
import Logging

struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run a private RabbitMQ node on this machine, with management.",
        discussion: """
            For development, tests and demonstrations; needs Debian's rabbitmq-server. It listens on 127.0.0.1 only; \
            ports that are not named are chosen once and remembered. No lockstep.yaml is read: let the file use \
            ${LOCKSTEP_BROKER_URL} and ${LOCKSTEP_MANAGEMENT_URL}, which

              eval "$(lockstep broker start --export)"

            sets.
            """,
        subcommands: [Run.self, Start.self, Stop.self, Status.self]
    )

    struct Arguments: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The state's directory; the node lives in 'broker' below it. Default: $LOCKSTEP_STATE, or ./state.",
                valueName: "directory"))
        var state: String?

        func operations(logLevel: Logger.Level = .warning) -> BrokerOperations {
            StandardErrorLog.bootstrap(LogConfiguration(level: logLevel))
            return BrokerOperations(state: state)
        }
    }

    struct Ports: ParsableArguments {
        @Option(help: "The port for AMQP. Default: that of the last start, or a free one.")
        var port: Int?

        @Option(help: "The port of the management page. Default: likewise.")
        var managementPort: Int?

        func validate() throws {
            for port in [port, managementPort].compactMap(\.self) where !(1...65_535).contains(port) {
                throw ValidationError("A port is a number from 1 to 65535.")
            }
        }
    }
}

extension BrokerCommand {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the node until SIGTERM or Ctrl-C; it ends with this command, however that ends."
        )

        @OptionGroup var arguments: Arguments
        @OptionGroup var ports: Ports
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, ports, output) = (arguments.operations(logLevel: .info), ports, output)
            try await ServiceRunner.untilAsked(logger: Logger(label: "lockstep")) {
                try await operations.run(port: ports.port, managementPort: ports.managementPort) { status in
                    try output.detail(status)
                }
            }
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start the node and leave it running; do nothing where it runs already."
        )

        @OptionGroup var arguments: Arguments
        @OptionGroup var ports: Ports
        @OptionGroup var output: OutputArguments

        @Flag(help: "Print lines for a shell that set LOCKSTEP_BROKER_URL and LOCKSTEP_MANAGEMENT_URL.")
        var export = false

        func run() async throws {
            let (operations, ports) = (arguments.operations(), ports)
            let status = try await ServiceRunner.run(logger: Logger(label: "lockstep")) {
                try await operations.start(port: ports.port, managementPort: ports.managementPort)
            }
            if export { return StandardStream.output.write(status.exports) }
            try output.detail(status)
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the node of a state directory in good order; its data stays."
        )

        @OptionGroup var arguments: Arguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = arguments.operations()
            _ = try await operations.stop()
            try output.detail(try operations.status())
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the node runs, and where it listens.",
            discussion: "The exit status is 1 where it does not run."
        )

        @OptionGroup var arguments: Arguments
        @OptionGroup var output: OutputArguments

        @Flag(help: "Print lines for a shell that set LOCKSTEP_BROKER_URL and LOCKSTEP_MANAGEMENT_URL.")
        var export = false

        func run() async throws {
            let status = try arguments.operations().status()
            if export {
                StandardStream.output.write(status.exports)
            } else {
                try output.detail(status)
            }
            if !status.running { throw Failure.attention }
        }
    }
}
