import ArgumentParser
import Lockstep
import LockstepService

/// Which dead letters are meant, by what they are like.
struct DeadLetterFilter: ParsableArguments {
    @Option(help: ArgumentHelp("Given up then or later, like 2026-01-31T18:00:00Z.", valueName: "time"))
    var since: MomentArgument?

    @Option(help: ArgumentHelp("Given up before then.", valueName: "time"))
    var until: MomentArgument?

    @Option(help: ArgumentHelp("Events of this type, like permit.issued or permit.*.", valueName: "pattern"))
    var type: String?

    @Option(help: ArgumentHelp("About this record; permit/24-* is about all that begin so.", valueName: "subject"))
    var about: String?

    @Option(help: ArgumentHelp("Of this cause, as list --by-cause has it, or this class.", valueName: "cause"))
    var cause: String?

    var isEmpty: Bool { since == nil && until == nil && type == nil && about == nil && cause == nil }

    func selection(ids: Set<String>? = nil) throws(LockstepError) -> DeadLetterSelection {
        DeadLetterSelection(
            ids: ids, since: since?.moment, until: until?.moment,
            type: try type.map { text throws(LockstepError) in try TopicPattern(text) }, about: about, cause: cause)
    }
}

/// Which dead letters something is done to, and by whom.
struct DeadLetterChoice: ParsableArguments {
    @Argument(help: "The office's name.")
    var office: String

    @Argument(help: "The dead letters' ids, as the list has them.")
    var ids: [String] = []

    @Flag(help: "All dead letters of the office.")
    var all = false

    @OptionGroup var filter: DeadLetterFilter

    @Option(help: ArgumentHelp("Who wants it, for the report; else the account that runs this.", valueName: "name"))
    var by: String?

    func validate() throws {
        guard [all, !ids.isEmpty, !filter.isEmpty].count(where: \.self) == 1 else {
            throw ValidationError(
                "Name dead letters by their ids, or by what they are like (--cause, --since, --until, --type, --about), or "
                    + "say --all.")
        }
    }

    func chosen() throws(LockstepError) -> DeadLetterSelection {
        ids.isEmpty ? try filter.selection() : .ids(Set(ids))
    }
}

/// A moment on the command line, as RFC 3339 writes it.
struct MomentArgument: ExpressibleByArgument {
    let moment: Timestamp

    init?(argument: String) {
        guard let moment = Timestamp(rfc3339: argument) else { return nil }
        self.moment = moment
    }
}

/// Why something is done, for auditors.
enum ReasonArgument {
    static func check(_ reason: String) throws {
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("--reason says why, for the report; it is needed, and must not be empty.")
        }
    }
}
