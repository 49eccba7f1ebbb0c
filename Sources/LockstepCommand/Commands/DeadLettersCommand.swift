import ArgumentParser
import Lockstep
import LockstepService

struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "See to deliveries that were given up.",
        subcommands: [List.self, Show.self, Replay.self, Discard.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List an office's dead letters, the oldest first."
        )

        @Argument(help: "The office's name.")
        var office: String

        @Option(help: "How many at most.")
        var limit = 50

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
        }

        func run() async throws {
            let (operations, limit) = (try arguments.operations(), limit)
            let name = try operations.configuration.office(named: office).office
            let rows = try await operations.deadLetters(of: name, limit: limit)
            try output.list(rows, ifEmpty: "\(name) has no dead letters.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a dead letter: why it was given up, its headers and its body."
        )

        @Argument(help: "The office's name.")
        var office: String

        @Argument(help: "The dead letter's id, as the list has it.")
        var id: String

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, id) = (try arguments.operations(), id)
            let name = try operations.configuration.office(named: office).office
            let letter = try await operations.deadLetter(id, of: name)
            try output.detail(letter)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send dead letters to their office again.",
            discussion: "Each is in the office's queue, confirmed, before it leaves the dead letters."
        )

        @OptionGroup var selection: Selection
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, selection) = (try arguments.operations(), selection)
            let name = try operations.configuration.office(named: selection.office).office
            let count = try await operations.replayDeadLetters(
                selection.chosen, of: name, by: selection.by ?? UserName.current, reason: selection.reason)
            try output.detail(count)
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Throw dead letters away, for ever."
        )

        @OptionGroup var selection: Selection
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, selection) = (try arguments.operations(), selection)
            let name = try operations.configuration.office(named: selection.office).office
            let count = try await operations.discardDeadLetters(
                selection.chosen, of: name, by: selection.by ?? UserName.current, reason: selection.reason)
            try output.detail(count)
        }
    }

    /// Which dead letters are meant.
    struct Selection: ParsableArguments {
        @Argument(help: "The office's name.")
        var office: String

        @Argument(help: "The dead letters' ids, as the list has them.")
        var ids: [String] = []

        @Flag(help: "All dead letters of the office.")
        var all = false

        @Option(help: ArgumentHelp("Why, for the report.", valueName: "text"))
        var reason: String?

        @Option(help: ArgumentHelp("Who wants it, for the report; else the account that runs this.", valueName: "name"))
        var by: String?

        /// Their ids; nil: all.
        var chosen: Set<String>? { all ? nil : Set(ids) }

        func validate() throws {
            guard all != !ids.isEmpty else { throw ValidationError("Name dead letters by their ids, or say --all.") }
        }
    }
}
