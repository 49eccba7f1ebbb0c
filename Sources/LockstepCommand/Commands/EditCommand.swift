import ArgumentParser
import Lockstep
import LockstepService

struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change a record in an office: there at once, everywhere else as soon as the broker is there.",
        usage: """
            lockstep edit OFFICE SUBJECT field=value … [--remove FIELD] [--replace] [--type TYPE] [--scope SCOPE] [--push]
            lockstep edit OFFICE SUBJECT --delete
            """,
        discussion: """
            The value is JSON where it can be read as JSON, else text: status=Issued and status='"Issued"' are the same, \
            rooms=3 is a number, rooms='"3"' a text, note=null removes the field.

              lockstep edit ward-3 permit/24-019651 status=Issued inspections=2 --remove hold

            The change goes into the office's replica and its outbox at once, also while the broker is away; the office's \
            worker publishes it, and may be at work meanwhile. It replaces what the office had seen of those fields, and \
            stays beside what it had not. The office's own adapter is not told of it, unless --push says so.
            """
    )

    @Argument(help: "The office's name.")
    var office: String

    @Argument(help: "The record, like permit/24-019651.")
    var subject: String

    @Argument(help: ArgumentHelp("Fields and their values.", valueName: "field=value"))
    var assignments: [String] = []

    @Option(
        name: .customLong("remove"), help: ArgumentHelp("A field to remove; as often as needed.", valueName: "field"))
    var removed: [String] = []

    @Flag(help: "The fields are the whole record: all others go.")
    var replace = false

    @Flag(help: "Delete the record.")
    var delete = false

    @Option(help: "What kind of thing happened. Default: the type of the newest event about the record.")
    var type: String?

    @Option(help: "The region or tenant that it concerns. Default: that of the newest event about the record.")
    var scope: String?

    @Flag(help: "Tell the office's own system, too: it did not make this change.")
    var push = false

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func validate() throws {
        guard !replace || !delete else { throw ValidationError("--replace and --delete exclude each other.") }
    }

    func run() async throws {
        let edit = try EditArguments(
            subject: subject, assignments: assignments, removed: removed,
            operation: delete ? .delete : replace ? .replace : .merge, type: type, scope: scope, isPushed: push
        ).edit()
        let operations = try arguments.operations()
        let subscription = try operations.configuration.office(named: office)
        try output.detail(try await operations.edit(edit, in: subscription))
    }
}
