import ArgumentParser
import LockstepService

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say which offices have an event, a record or how many of all, since when; who does not, and why.",
        discussion: """
            From the ledger's file, which 'lockstep ledger' keeps. Of a record: the newest version that each office has, \
            and what it lacks of the record's newest 100 events. Without a name: how many of all events each office has, \
            tries again, gave up, or has not spoken of. The exit status is 1 where a subscribed office does not have it.
            """
    )

    @Argument(help: "An event's id, or a record's subject, like permit/24-019651; none: all.")
    var name: String?

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        guard let name else {
            let rows = try await operations.summary()
            try output.list(rows, ifEmpty: "The configuration has no office.")
            if !rows.allSatisfy(\.isComplete) { throw Failure.attention }
            return
        }
        let report = try await operations.status(of: name)
        if output.json {
            try output.detail(report)
        } else {
            StandardStream.output.write(report.text(width: StandardStream.output.columns))
        }
        if !report.isComplete { throw Failure.attention }
    }
}
