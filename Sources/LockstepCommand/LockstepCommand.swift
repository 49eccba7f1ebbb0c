import ArgumentParser
import LockstepService

/// The command `lockstep`.
@main
struct LockstepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract: "Keeps other people's systems in step with yours, through RabbitMQ.",
        discussion: """
            The configuration is lockstep.yaml: the file named by --config, else by LOCKSTEP_CONFIG, else in the \
            working directory, else in /etc/lockstep. The command line goes before the environment, the environment \
            before the file.

            \(CommandStatus.help)
            """,
        version: Release.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Events",
                subcommands: [
                    PublishCommand.self, StatusCommand.self, DeliveriesCommand.self, RelayCommand.self,
                    WorkerCommand.self,
                    LedgerCommand.self, ReceiveCommand.self, HubCommand.self,
                ]),
            CommandGroup(
                name: "Offices",
                subcommands: [
                    OfficesCommand.self, SubscriptionsCommand.self, OfficeCommand.self, EditCommand.self,
                    ConflictsCommand.self, DeadLettersCommand.self, ReplayCommand.self, OperationsCommand.self,
                    ReconcileCommand.self, BootstrapCommand.self, ReportCommand.self,
                ]
            ),
            CommandGroup(
                name: "Set-up",
                subcommands: [
                    TopologyCommand.self, OutboxCommand.self, ConfigCommand.self, DoctorCommand.self,
                    TokensCommand.self, BrokerCommand.self, UpCommand.self,
                ]
            ),
        ]
    )

    /// Parses, runs, and turns what is thrown into a line and an exit status.
    static func main() async {
        do {
            var command = try parseAsRoot(WaitArgument.writtenOut(CommandLine.arguments.dropFirst()))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(error)
        }
    }
}
