import ArgumentParser
import Lockstep
import LockstepService

struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "See to deliveries that were given up.",
        discussion: """
            While they are looked at they are hidden from everybody else, for moments as a rule; they keep their order.
            """,
        subcommands: [List.self, Show.self, Replay.self, DeadLettersEditCommand.self, Discard.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List an office's dead letters, the oldest first, or why they were given up."
        )

        @Argument(help: "The office's name.")
        var office: String

        @Flag(help: "Count them by their causes instead: what their reasons have in common.")
        var byCause = false

        @Option(help: "How many at most; of causes, all are listed.")
        var limit = 50

        @OptionGroup var filter: DeadLetterFilter
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
        }

        func run() async throws {
            let (operations, limit) = (try arguments.operations(), limit)
            let name = try await operations.officeWithDeadLetters(office)
            let selection = try filter.selection()
            let none = selection.isAll ? "\(name) has no dead letters." : "\(name) has no such dead letters."
            if byCause {
                try output.list(try await operations.deadLetterCauses(of: name, matching: selection), ifEmpty: none)
            } else {
                let rows = try await operations.deadLetters(of: name, matching: selection, limit: limit)
                try output.list(rows, ifEmpty: none)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a dead letter: why it was given up, each time, and its headers."
        )

        @Argument(help: "The office's name.")
        var office: String

        @Argument(help: "The dead letter's id, as the list has it.")
        var id: String

        @Flag(help: "Show its body, too.")
        var payload = false

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, id) = (try arguments.operations(), id)
            let name = try await operations.officeWithDeadLetters(office)
            let letter = try await operations.deadLetter(id, of: name, payload: payload)
            try output.detail(letter)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send dead letters to their office again.",
            discussion: """
                Each is in the office's queue, confirmed, before it leaves the dead letters: wherever this is interrupted \
                nothing is lost, and the same command goes on with what is left. One that fails again says that it returned.

                  lockstep dead-letters replay ward-3 --cause refused --rate 100 --reason "slots are mended"
                """
        )

        @Option(help: "How many a second at most; 0: as many as the broker takes.")
        var rate = 50

        @Option(help: ArgumentHelp("Why, for the report.", valueName: "text"))
        var reason: String

        @OptionGroup var selection: DeadLetterChoice
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws {
            guard rate >= 0 else { throw ValidationError("--rate is 0 or more.") }
            try ReasonArgument.check(reason)
        }

        func run() async throws {
            let (operations, chosen) = (try arguments.operations(), try selection.chosen())
            let name = try operations.configuration.office(named: selection.office).office
            let progress = ProgressDisplay("dead letters")
            defer { progress.clear() }
            let count = try await operations.replayDeadLetters(
                chosen, of: name, rate: rate == 0 ? nil : rate, by: selection.by ?? UserName.current, reason: reason
            ) { done, total in
                progress.show(done, of: total)
            }
            progress.clear()
            try output.detail(count)
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Throw dead letters away, for ever."
        )

        @Option(help: ArgumentHelp("Why, for the report.", valueName: "text"))
        var reason: String

        @OptionGroup var selection: DeadLetterChoice
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws { try ReasonArgument.check(reason) }

        func run() async throws {
            let (operations, chosen) = (try arguments.operations(), try selection.chosen())
            let name = try await operations.officeWithDeadLetters(selection.office)
            let progress = ProgressDisplay("dead letters")
            defer { progress.clear() }
            let count = try await operations.discardDeadLetters(
                chosen, of: name, by: selection.by ?? UserName.current, reason: reason
            ) { done, total in
                progress.show(done, of: total)
            }
            progress.clear()
            try output.detail(count)
        }
    }
}
