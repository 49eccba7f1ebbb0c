import ArgumentParser
import LockstepService

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say which offices have an event or a record, in which version, since when; who does not, and why.",
        discussion: """
            From the ledger's file, which 'lockstep ledger' keeps. Of a record: the newest version that each office has, \
            and what it lacks of the record's newest 100 events. The exit status is 1 where a subscribed office does \
            not have it.
            """
    )

    @Argument(help: "An event's id, or a record's subject, like permit/24-019651.")
    var name: String

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let report = try await arguments.operations().status(of: name)
        if output.json {
            try output.detail(report)
        } else {
            StandardStream.output.write(report.text(width: StandardStream.output.columns))
        }
        if !report.isComplete { throw Failure.attention }
    }
}
