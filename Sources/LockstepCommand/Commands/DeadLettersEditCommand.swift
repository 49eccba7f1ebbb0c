import ArgumentParser
import Lockstep
import LockstepService

struct DeadLettersEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Edit a dead letter and send it; the original is kept for auditors.",
        usage: """
            lockstep dead-letters edit OFFICE ID --set field=value … --reason TEXT [--dry-run]
            lockstep dead-letters edit OFFICE ID --data FILE [--attribute name=value …] --reason TEXT [--dry-run]
            lockstep dead-letters edit OFFICE ID --reason TEXT          (in $EDITOR)
            """,
        discussion: """
            What is no event is repaired: it goes to its office with the name and the version that it has. An event that \
            offices can read has gone to all of them and stays what it is: the fields that are edited become a change of \
            their own, for all offices, which names the event in the attribute 'corrects'. --dry-run says what would be \
            sent, and asks the office's worker, wherever it runs, what its replica would make of it and what its adapter \
            would do; nothing is sent, also not to a callback. Where no worker answers within 5 s, the replica is read if \
            it is here.

              lockstep dead-letters edit ward-3 0190c5a2 --set ISSUEDATE=2024-04-01 --reason "date was missing" --dry-run
            """
    )

    @Argument(help: "The office's name.")
    var office: String

    @Argument(help: "The dead letter's id, as the list has it.")
    var id: String

    @Option(
        help: ArgumentHelp(
            "A field's new value, JSON or else text; null removes it. As often as needed.", valueName: "field=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("The data as a whole, a JSON object; - is standard input.", valueName: "file"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "An attribute's new value, of what is no event; empty removes it. As often as needed.",
            valueName: "name=value"))
    var attribute: [String] = []

    @Flag(help: "Only say what would become of it.")
    var dryRun = false

    @Option(help: ArgumentHelp("Why, for the report.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who wants it, for the report; else the account that runs this.", valueName: "name"))
    var by: String?

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func validate() throws { try ReasonArgument.check(reason) }

    func run() async throws {
        let whole = try data.map { path in try JSONObject(parsing: try InputFile.bytes(path, atMost: 16 << 20)) }
        var change = try DeadLetterChange(data: whole, assignments: set, attributes: attribute)
        if change.isEmpty { try TextEditor.check() }
        let operations = try arguments.operations()
        let subscription = try operations.configuration.office(named: office)
        if change.isEmpty {
            // Not while the letter is held: a person takes his time.
            let data = try await operations.deadLetterData(id, of: subscription.office)
            change.data = try TextEditor.edit(data ?? JSONObject())
        }
        let edit = try await operations.editDeadLetter(
            id, of: subscription, change, dryRun: dryRun, by: by ?? UserName.current, reason: reason)
        try output.detail(edit)
        if edit.wouldBeRefused { throw Failure.attention }
    }
}
