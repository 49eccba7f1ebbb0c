import ArgumentParser
import LockstepService

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Look after the configuration.",
        subcommands: [Check.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the configuration can be used, or all that is wrong with it.",
            discussion: """
                Every mistake is a line 'file:line:column: what is wrong; what to do', on standard error, and the exit \
                status is 78. Passwords are never shown.
                """
        )

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let summary = ConfigurationSummary(try Configuration.load(arguments.options))
            if output.json { return try output.detail(summary) }
            StandardStream.output.write(summary.text(width: StandardStream.output.columns))
        }
    }
}
