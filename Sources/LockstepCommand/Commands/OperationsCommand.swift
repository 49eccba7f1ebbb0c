import ArgumentParser
import LockstepService

struct OperationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations",
        abstract: "List and stop what the hub does while nobody waits for it.",
        discussion: """
            Replays, discards and migrations that were asked for over HTTP with 'Prefer: respond-async'. They are kept for 30 \
            days in the state directory's hub.sqlite.
            """,
        subcommands: [List.self, Show.self, Cancel.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List operations, the newest first; how far one is may be ten seconds old.")

        @OptionGroup var limit: LimitArgument
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = try arguments.operations()
            try output.list(try await operations.operations(limit: limit.count), ifEmpty: "There is no operation.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an operation: how far it is, and what came of it.")

        @Argument(help: "What names it.")
        var operation: String

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, operation) = (try arguments.operations(), operation)
            try output.detail(try await operations.operation(operation))
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have an operation stopped: what it has done stays done, and nothing is lost.",
            discussion: "The hub does so within a second. A migration is not stopped: its offices would stay paused."
        )

        @Argument(help: "What names it.")
        var operation: String

        @OptionGroup var audit: SubscriptionsCommand.Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, operation, audit) = (try arguments.operations(), operation, audit)
            try output.detail(
                try await operations.cancelOperation(operation, by: audit.person, reason: audit.reason))
        }
    }
}
