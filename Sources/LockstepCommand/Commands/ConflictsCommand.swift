import ArgumentParser
import Lockstep
import LockstepService

struct ConflictsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "See to fields whose values were written by changes that had not seen each other.",
        subcommands: [List.self, Show.self, Resolve.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List an office's conflicts, those first seen last before the others.",
            discussion: """
                Open ones wait for a person; of decided ones the policy chooses what is shown, while the values stand \
                side by side; settled ones are over. Read from the office's replica; its worker may go on working.
                """
        )

        @Argument(help: "The office's name.")
        var office: String

        @Flag(help: "Only those that wait for a person.")
        var open = false

        @Flag(help: "Also those that are settled.")
        var all = false

        @OptionGroup var limit: LimitArgument
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws {
            guard !open || !all else { throw ValidationError("--open and --all exclude each other.") }
        }

        func run() async throws {
            let operations = try arguments.operations()
            let subscription = try operations.configuration.office(named: office)
            let states: ConflictStates = open ? .open : all ? .all : .unsettled
            let rows = try await operations.conflicts(of: subscription, states, limit: limit.count)
            try output.list(rows, ifEmpty: "\(subscription.office) has no such conflicts.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a conflict: its values with their versions and origins, and how it was settled."
        )

        @Argument(help: "The office's name.")
        var office: String

        @Argument(help: "The conflict's id, as the list has it, or how it begins.")
        var id: String

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = try arguments.operations()
            let subscription = try operations.configuration.office(named: office)
            try output.detail(try await operations.conflict(id, of: subscription))
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Settle a conflict: take one side, or give another value.",
            discussion: """
                It becomes a change of the record that has seen all the values, and so replaces them everywhere. Who decided, \
                and why, is published with it and stands in every office's list. A conflict that has got another value \
                meanwhile has another id, and is not settled by the old one.

                  lockstep conflicts resolve ward-3 0b1e3c77-51ae --take core --reason 'the core system has the fee'
                """
        )

        @Argument(help: "The office's name.")
        var office: String

        @Argument(help: "The conflict's id, as the list has it, or how it begins.")
        var id: String

        @Option(help: "Take the value of this origin.")
        var take: String?

        @Option(help: ArgumentHelp("Give another value; null removes the field.", valueName: "json"))
        var value: String?

        @Option(help: "Why it is decided so; everybody can read it.")
        var reason: String

        @Option(help: ArgumentHelp("Who decides. Default: the account that runs this.", valueName: "name"))
        var by: String?

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws {
            guard (take == nil) != (value == nil) else { throw ValidationError("Give either --take or --value.") }
        }

        func run() async throws {
            let choice: ConflictResolution.Choice =
                if let take { .take(try Origin(take)) } else { .value(try JSONText(parsing: value ?? "")) }
            let resolution = try ConflictResolution(id, choice, reason: reason, person: by ?? UserName.current)
            let operations = try arguments.operations()
            let subscription = try operations.configuration.office(named: office)
            try output.detail(try await operations.resolve(resolution, in: subscription))
        }
    }
}
