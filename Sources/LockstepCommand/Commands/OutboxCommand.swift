import ArgumentParser
import Lockstep
import LockstepService

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Look after a core app's outbox.",
        subcommands: [Install.self, Status.self, List.self, Retry.self]
    )

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the outbox's tables in a core app's database.",
            discussion: """
                In SQLite all of them are named lockstep_outbox…, in PostgreSQL they are in the schema lockstep; what is there \
                already stays. The core app then writes, in the \
                transaction that changes its own data:

                  INSERT INTO lockstep_outbox (type, subject, scope, data)
                  VALUES ('permit.issued', 'permit/24-019651', 'ward-3', '{"status":"Issued"}');

                Id, version, time and source are filled in. A row that is no event is refused with the reason.
                """
        )

        @Argument(help: "An SQLite database. Default: the configuration's outbox.")
        var file: String?

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        @Option(help: "Who publishes from here, in the configuration's place.")
        var origin: String?

        func run() async throws {
            try output.detail(try await arguments.operations(origin: origin).installOutbox(in: file))
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how much waits, since when, and what was refused."
        )

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        @Option(help: "Who publishes from here, in the configuration's place.")
        var origin: String?

        func run() async throws {
            try output.detail(try await arguments.operations(origin: origin).outboxReport())
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the events that are not published: what each is about, since when, and why.",
            discussion: """
                The oldest first. How often the relay has tried an event is not kept: one that waits goes with the next \
                try, or behind an earlier one of its record. --json has a 'place' in each: given as --after, the list goes \
                on there.

                  lockstep outbox list --only refused
                """
        )

        @Option(help: ArgumentHelp("Only those that stand so.", valueName: "word"))
        var only = OutboxRow.State.waiting

        @OptionGroup var list: ListArguments
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        @Option(help: "Who publishes from here, in the configuration's place.")
        var origin: String?

        func run() async throws {
            let rows = try await arguments.operations(origin: origin)
                .outboxEvents(only, after: list.after, limit: list.limit.count)
            try output.list(rows, ifEmpty: "The outbox has no such event.")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put back what was refused or unrouted, once its cause is mended."
        )

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        @Option(help: "Who publishes from here, in the configuration's place.")
        var origin: String?

        func run() async throws {
            try output.detail(try await arguments.operations(origin: origin).retryOutbox())
        }
    }
}
