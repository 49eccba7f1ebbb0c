import ArgumentParser
import Lockstep
import LockstepService

struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List deliveries: which event stands how in which office, the newest events first.",
        discussion: """
            From the ledger's file, which 'lockstep ledger' keeps; what no office has spoken of yet is not in it ('lockstep \
            status' says of an event who has not). --json has a 'place' in each: given as --after, the list goes on there.

              lockstep deliveries --office ward-3 --only dead --since 2026-01-31T00:00:00Z
            """
    )

    @Option(help: ArgumentHelp("Only this office's.", valueName: "name"))
    var office: String?

    @Option(help: ArgumentHelp("Only those that stand so.", valueName: "word"))
    var only: DeliveryWord?

    @Option(help: ArgumentHelp("Only about this record, the newest version first.", valueName: "subject"))
    var about: String?

    @Option(help: ArgumentHelp("Of events that the ledger first heard of then or later.", valueName: "time"))
    var since: MomentArgument?

    @Option(help: ArgumentHelp("Of events that the ledger first heard of before then.", valueName: "time"))
    var until: MomentArgument?

    @OptionGroup var list: ListArguments
    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        let events = EventQuestion(
            subject: try about.map { text throws(LockstepError) in try Subject(text) }, since: since?.moment,
            until: until?.moment)
        let question = DeliveryQuestion(
            events: events, office: try office.map { text throws(LockstepError) in try OfficeName(text) }, word: only)
        let rows = try await operations.deliveries(question, after: list.after, limit: list.limit.count)
        try output.list(rows, ifEmpty: "The ledger has no such delivery.")
    }
}
