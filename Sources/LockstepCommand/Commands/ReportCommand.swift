import ArgumentParser
import Lockstep
import LockstepService

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a report for auditors: who is in step, what is not, conflicts, dead letters, history.",
        discussion: """
            From the ledger and the replicas in the state directory; nothing asks the broker. Each report has a number and \
            digests of what it says and of the report before, which the state directory remembers: --verify checks saved \
            JSON reports by them. The exit status is 1 where an office is behind or different or a conflict is open, and \
            where --verify finds a report changed or missing.
            """
    )

    @Flag(help: "Write comma-separated values, for spreadsheets.")
    var csv = false

    @Flag(help: "Write a page to be printed.")
    var html = false

    @Option(help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Only one record, with every change of it.", valueName: "subject"))
    var about: String?

    @Option(
        help: ArgumentHelp(
            "As it was then, by the ledger, like 2026-01-31T18:00:00Z.", valueName: "time"))
    var asOf: String?

    @Option(help: "How many rows the lists of records, conflicts and dead letters have at most.")
    var limit = 1_000

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Check these JSON reports: unchanged, and none missing.", valueName: "file"))
    var verify: [String] = []

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var form: OutputArguments

    func validate() throws {
        guard [csv, html, form.json].count(where: \.self) <= 1 else {
            throw ValidationError("--csv, --html and --json exclude each other.")
        }
        guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
        guard asOf == nil || moment != nil else {
            throw ValidationError("--as-of is a time as in RFC 3339, like 2026-01-31T18:00:00Z.")
        }
        let isReport = csv || html || about != nil || asOf != nil || output != nil
        guard verify.isEmpty || !isReport else {
            throw ValidationError(
                "--verify checks reports and makes none: of the other options only --json goes with it.")
        }
    }

    private var moment: Timestamp? { asOf.flatMap { Timestamp(rfc3339: $0) } }

    func run() async throws {
        let operations = try arguments.operations()
        guard verify.isEmpty else {
            let checks = try await operations.check(reports: verify)
            try form.list(checks, ifEmpty: "There is nothing to check.")
            if !checks.allSatisfy(\.isGood) { throw Failure.attention }
            return
        }
        let subject = try about.map { text throws(LockstepError) in try Subject(text) }
        if let output { try OutputFile.check(output) }
        let chosen: ReportForm = form.json ? .json : csv ? .csv : html ? .html : .text
        let report = try await operations.report(
            ReportArguments(asOf: moment, about: subject, limit: limit, form: chosen))
        let text = try report.written(as: chosen, width: output == nil ? StandardStream.output.columns : nil)
        if let output {
            try OutputFile.write(text, to: output)
        } else {
            StandardStream.output.write(text)
        }
        if !report.isGood { throw Failure.attention }
    }
}
