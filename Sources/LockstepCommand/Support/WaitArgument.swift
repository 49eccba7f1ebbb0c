import ArgumentParser
import LockstepService

/// The value of `--wait[=DURATION]`.
struct WaitArgument: ExpressibleByArgument {
    /// How long to wait where no duration is given.
    private static let standard = "30s"

    let duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.duration(argument), duration > .zero else { return nil }
        self.duration = duration
    }

    /// The arguments with `--wait` alone written out.
    ///
    /// To the parser an option has a value or none; one that may have one would take the event's data for it.
    static func writtenOut(_ arguments: some Sequence<String>) -> [String] {
        var isOver = false
        return arguments.map { argument in
            isOver = isOver || argument == "--"
            return argument == "--wait" && !isOver ? "--wait=\(standard)" : argument
        }
    }
}
