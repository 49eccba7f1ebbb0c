public import ArgumentParser
public import Lockstep
import LockstepService

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Say who may use the hub's HTTP API.",
        discussion: """
            Kept in the state directory, on the hub's machine; a hub that runs knows of a change at once. Of a token's \
            secret only a hash is kept. As soon as one token was ever made, the hub asks everybody for one.
            """,
        subcommands: [Create.self, List.self, Revoke.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token, and show its secret this once.",
            discussion: """
                publish sends events in, as one origin. read shows all; operate also pauses and resumes, replays and \
                discards, and settles conflicts; admin also creates, changes and deletes subscriptions.

                  lockstep tokens create scheduling --role publish --origin scheduling --expires 90d
                """
        )

        @Argument(help: "What it is called; audits name it as the person.")
        var name: String

        @Option(help: "publish, read, operate or admin.")
        var role: AccessRole

        @Option(help: "Who its events come from; for publish only.")
        var origin: String?

        @Option(
            help: ArgumentHelp("How long it is taken, like 90d. Default: until it is revoked.", valueName: "duration"))
        var expires: String?

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func validate() throws {
            guard expires == nil || lifetime.map({ $0 > .zero }) == true else {
                throw ValidationError("--expires needs a duration, like 12h or 90d.")
            }
        }

        func run() async throws {
            let origin = try origin.map { try Origin($0) }
            try output.detail(
                try await arguments.operations().createToken(name, role: role, origin: origin, lifetime: lifetime))
        }

        private var lifetime: Duration? { expires.flatMap(DurationText.duration) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all tokens, with expired and revoked ones.")

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            try output.list(
                try await arguments.operations().tokens(),
                ifEmpty: "There are no tokens; the hub answers whoever is on its machine.")
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token: a hub that runs refuses it from now on.")

        @Argument(help: "What it is called.")
        var name: String

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            try output.detail(try await arguments.operations().revokeToken(name))
        }
    }
}

extension AccessRole: ExpressibleByArgument {}
