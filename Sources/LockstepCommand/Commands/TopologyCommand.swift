import ArgumentParser
import Lockstep
import LockstepService

struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Look after the exchanges, queues and bindings in the broker.",
        discussion: """
            But for 'migrate', nothing that exists is ever deleted or changed, except the dead-letter queues of offices \
            that are gone, by 'apply', when they are empty.
            """,
        subcommands: [Plan.self, Apply.self, Check.self, Migrate.self]
    )

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what would be declared, and what differs."
        )

        @Flag(help: "List also what is as it should be.")
        var all = false

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = try arguments.operations()
            let rows = try await operations.topologyPlan()
            try output.list(
                rows.filter { all || $0.isDifferent }, ifEmpty: "The broker has everything as it should be.")
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declare what is missing.",
            discussion: """
                Where something is there with other arguments it is named, nothing is declared, and the exit status \
                is 1.
                """
        )

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = try arguments.operations()
            let rows = try await operations.applyTopology()
            try output.list(rows, ifEmpty: "Nothing was missing.")
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare the broker with the configuration; exit with 1 on any difference."
        )

        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let operations = try arguments.operations()
            let rows = try await operations.topologyPlan()
            let different = rows.filter(\.isDifferent)
            try output.list(different, ifEmpty: "The broker has everything as it should be.")
            if !different.isEmpty { throw Failure.attention }
        }
    }

    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make queues anew whose arguments differ, without losing what is in them.",
            discussion: """
                What a queue holds stays in a temporary queue beside it while it is deleted and declared; at every moment \
                one of the two is bound. A few messages may come twice. The office is paused meanwhile: its workers follow; \
                stop those of older releases on other machines. Interrupted, it goes on where it was when it is run again.
                """
        )

        @Argument(help: "The office's name; without it all queues are looked at.")
        var office: String?

        @OptionGroup var audit: SubscriptionsCommand.Audit
        @OptionGroup var arguments: ConfigurationArguments
        @OptionGroup var output: OutputArguments

        func run() async throws {
            let (operations, audit) = (try arguments.operations(), audit)
            let name = try office.map { try operations.configuration.office(named: $0).office }
            let progress = ProgressDisplay("messages moved")
            defer { progress.clear() }
            let rows = try await operations.migrateTopology(of: name, by: audit.person, reason: audit.reason) {
                progress.show($0, of: $1)
            }
            progress.clear()
            try output.list(rows, ifEmpty: "Every queue is as it should be.")
        }
    }
}
