import ArgumentParser
import Lockstep
import LockstepService

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish what has changed: one event, or many from a file.",
        usage: """
            lockstep publish TYPE --about SUBJECT [--scope SCOPE] [--operation OPERATION] [--source SOURCE] [DATA]
            lockstep publish --from FILE
            """,
        discussion: """
            One event: DATA is a JSON object with the fields that changed; null removes a field.

              lockstep publish permit.issued --about permit/24-019651 --scope ward-3 '{"status":"Issued"}'

            Many: FILE, or - for standard input, has a CloudEvent in JSON on each line, with type, subject and data, \
            and optionally id, source, time, scope, operation, recordversion. Bad lines are reported by their number \
            and passed over; the good ones are published, and the exit status is 1. Progress shows where standard \
            error is a terminal.

            The command ends when the broker has confirmed everything; with --wait, when every subscribed office has \
            answered for it, by the ledger, or after a time (30s unless said otherwise). Then the exit status is 1 where \
            one does not have it. The ledger has to run on this machine ('lockstep ledger'). Of a file no more is published \
            while 50,000 events wait for answers; if those do not come in that time, the rest is left unpublished.
            """
    )

    @Argument(help: "What kind of thing happened, like permit.issued.")
    var type: String?

    @Argument(help: "A JSON object; left out with --operation delete.")
    var data: String?

    @Option(help: ArgumentHelp("The record that it is about, like permit/24-019651.", valueName: "subject"))
    var about: String?

    @Option(help: "The region or tenant that it concerns, like ward-3.")
    var scope: String?

    @Option(help: "merge: the data is what changed; replace: the whole record; delete: the record goes.")
    var operation: EventOperation = .merge

    @Option(help: "Who made the change. Default: the configuration's origin.")
    var source: String?

    @Option(help: ArgumentHelp("Publish every line of a file, - for standard input.", valueName: "file"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "Wait until every subscribed office has it; --wait alone is --wait=30s.", valueName: "duration"))
    var wait: WaitArgument?

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    @Option(help: "Who publishes from here, in the configuration's place.")
    var origin: String?

    func validate() throws {
        if from != nil {
            guard type == nil, about == nil, scope == nil, source == nil else {
                throw ValidationError("--from takes everything from its lines; leave TYPE, DATA and their options out.")
            }
        } else if type == nil || about == nil {
            throw ValidationError("Give TYPE and --about SUBJECT for one event, or --from FILE for many.")
        }
    }

    func run() async throws {
        if let from { return try await publish(from: EventInput(from)) }
        guard let type, let about else { preconditionFailure("validate() has seen to it that both are there") }
        let draft = try PublishArguments(
            type: type, subject: about, scope: scope, operation: operation, source: source, data: data
        ).draft()
        let operations = try arguments.operations(origin: origin)
        guard let wait else { return try output.detail(try await operations.publish(draft)) }
        try await operations.checkLedger()
        let published = try await operations.publish(draft)
        let report = try await operations.wait(for: [try AwaitedEvent(published)], within: wait.duration)
        try answer(published, report)
    }

    /// Answers with what was published and who has it.
    private func answer(_ published: some Detailed, _ report: WaitReport) throws {
        if output.json {
            try output.detail(Waited(published: published, offices: report))
        } else {
            try output.detail(published)
            StandardStream.output.write("\n" + report.text(width: StandardStream.output.columns))
        }
        if !report.isComplete {
            StandardStream.error.write("lockstep: not every office has it: \(report.missing.joined(separator: ", "))\n")
            throw Failure.attention
        }
    }

    private func publish(from input: EventInput) async throws {
        let operations = try arguments.operations(origin: origin)
        if wait != nil { try await operations.checkLedger() }
        let progress = ProgressDisplay("bytes")
        defer { progress.clear() }
        let show: @Sendable (Int, Int?) -> Void = { progress.show($0, of: $1) }
        let bad: @Sendable (BadLine) -> Void = { line in
            progress.clear()
            StandardStream.error.write("lockstep: \(line)\n")
        }
        let summary: PublishSummary
        if let wait {
            let report: WaitReport
            (summary, report) = try await operations.publish(
                from: input, waiting: wait.duration, progress: show, bad: bad)
            progress.clear()
            try answer(summary, report)
        } else {
            summary = try await operations.publish(from: input, progress: show, bad: bad)
            progress.clear()
            try output.detail(summary)
        }
        if !summary.isComplete { throw Failure.attention }
    }
}
