import ArgumentParser
import Lockstep
import LockstepService

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send past events to one office again, from the archive.",
        discussion: """
            The archive is a stream in the broker that keeps every event for a while: set 'archive' in lockstep.yaml. Only \
            what the office subscribes to is sent, the oldest first, each confirmed. What the office has already changes \
            nothing in its replica, and is not pushed to its system again; a callback with 'content: events' gets all of \
            them again. (Deliveries that were given up are replayed by lockstep dead-letters replay.)

              lockstep replay ward-3 --since 2026-01-31T00:00:00Z --type 'permit.*' --dry-run
            """
    )

    @Argument(help: "The office's name.")
    var office: String

    @Option(
        name: [.customLong("since"), .customLong("from")],
        help: ArgumentHelp("Events that happened then or later, like 2026-01-31T18:00:00Z.", valueName: "time"))
    var since: MomentArgument?

    @Option(help: ArgumentHelp("Events that happened before then.", valueName: "time"))
    var until: MomentArgument?

    @Option(help: ArgumentHelp("Events of this type, like permit.issued or permit.*.", valueName: "pattern"))
    var type: String?

    @Option(help: ArgumentHelp("About this record; permit/24-* is about all that begin so.", valueName: "subject"))
    var about: String?

    @Option(help: "How many a second at most; 0: as many as the broker takes.")
    var rate = 200

    @Flag(help: "Only count them.")
    var dryRun = false

    @Option(help: ArgumentHelp("Why, for the report; needed where anything is sent.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("Who wants it, for the report; else the account that runs this.", valueName: "name"))
    var by: String?

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func validate() throws {
        guard rate >= 0 else { throw ValidationError("--rate is 0 or more.") }
        if !dryRun || reason != nil { try ReasonArgument.check(reason ?? "") }
    }

    func run() async throws {
        let operations = try arguments.operations()
        let subscription = try operations.configuration.office(named: office)
        let selection = PastEventSelection(
            since: since?.moment, until: until?.moment,
            type: try type.map { text throws(LockstepError) in try TopicPattern(text) }, about: about)
        let progress = ProgressDisplay("events looked at")
        defer { progress.clear() }
        let replay = try await operations.replayEvents(
            selection, to: subscription, rate: rate == 0 ? nil : rate, dryRun: dryRun, by: by ?? UserName.current,
            reason: reason
        ) { done, total in
            progress.show(done, of: total)
        }
        progress.clear()
        try output.detail(replay)
    }
}
