import ArgumentParser
import LockstepService

struct SubscriptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriptions",
        abstract: "Make, change, pause and delete subscriptions while everything runs.",
        discussion: """
            Those of lockstep.yaml are declared: they are changed there. The others are made here or through the hub, and \
            kept in the state directory's hub.sqlite. Both can be paused: the queue keeps what comes.
            """,
        subcommands: [
            List.self, Show.self, Create.self, Change.self, Pause.self, Resume.self, Delete.self,
        ]
    )

    /// Who wants it, and why.
    struct Audit: ParsableArguments {
        @Option(help: ArgumentHelp("Why, for the report.", valueName: "text"))
        var reason: String

        @Option(help: ArgumentHelp("Who wants it, for the report; else the account that runs this.", valueName: "name"))
        var by: String?

        func validate() throws { try ReasonArgument.check(reason) }

        var person: String { by ?? UserName.current }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all subscriptions, declared and made.")

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = try arguments.operations()
            try output.list(try await operations.subscriptions(), ifEmpty: "There is no subscription.")
            for problem in operations.configuration.stored.problems {
                StandardStream.error.write("not used: \(problem)\n")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a subscription; secrets are masked.")

        @Argument(help: "The office's name.")
        var office: String

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, office) = (try arguments.operations(), office)
            try output.detail(try await operations.subscription(office))
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a subscription: what is published afterwards reaches it.",
            discussion: """
                  lockstep subscriptions create SchedulingTool --events 'permit.#' \\
                    --callback https://slots.example/hook --secret-file /etc/lockstep/slots.secret \\
                    --reason "a new system of the city's"
                  lockstep subscriptions create registry --from registry.yaml --reason "asked for by the city clerk"
                """
        )

        @Argument(help: "The office's name.")
        var office: String

        @OptionGroup var settings: SubscriptionArguments
        @OptionGroup var audit: Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, office, audit) = (try arguments.operations(), office, audit)
            let made = try await settings.applied(to: SubscriptionSettings())
            try output.detail(
                try await operations.createSubscription(office, made, by: audit.person, reason: audit.reason))
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a subscription; what is not named stays as it is.",
            discussion: "New patterns are bound before old ones are unbound, so that nothing is missed between."
        )

        @Argument(help: "The office's name.")
        var office: String

        @OptionGroup var settings: SubscriptionArguments
        @OptionGroup var audit: Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, office, audit) = (try arguments.operations(), office, audit)
            let whole = try await settings.whole()
            let settings = settings
            try output.detail(
                try await operations.changeSubscription(office, by: audit.person, reason: audit.reason) { old in
                    try settings.put(over: whole ?? old)
                })
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell an office nothing for now; its queue keeps what comes."
        )

        @Argument(help: "The office's name.")
        var office: String

        @OptionGroup var audit: Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, office, audit) = (try arguments.operations(), office, audit)
            try output.detail(try await operations.pause(office, by: audit.person, reason: audit.reason))
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End an office's pause.")

        @Argument(help: "The office's name.")
        var office: String

        @OptionGroup var audit: Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, office, audit) = (try arguments.operations(), office, audit)
            try output.detail(try await operations.resume(office, by: audit.person, reason: audit.reason))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a subscription and its queue.",
            discussion: """
                Refused while anything is queued, or waits to be tried again as far as the ledger knows, unless that is \
                to become dead letters. What waits becomes a dead letter when it comes back. An office that was taken \
                out of lockstep.yaml can be deleted, too.
                """
        )

        @Argument(help: "The office's name.")
        var office: String

        @Flag(help: "What is queued, or waits to be tried again, becomes dead letters of the office.")
        var moveToDeadLetters = false

        @Flag(help: "Delete the office's replica in the state directory, too.")
        var removeReplica = false

        @OptionGroup var audit: Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, office, audit) = (try arguments.operations(), office, audit)
            let (moves, removesReplica) = (moveToDeadLetters, removeReplica)
            try output.detail(
                try await operations.deleteSubscription(
                    office, moves: moves, removesReplica: removesReplica, by: audit.person, reason: audit.reason))
        }
    }
}
