import ArgumentParser
import LockstepService

/// The options of every command that answers.
struct OutputArguments: ParsableArguments {
    @Flag(help: "Answer in JSON, for programs.")
    var json = false

    /// Writes a list to standard output.
    func list<Row: TableRow>(_ rows: [Row], ifEmpty sentence: String) throws {
        StandardStream.output.write(try answer.list(rows, ifEmpty: sentence))
    }

    /// Writes one thing to standard output.
    func detail(_ value: some Detailed) throws {
        StandardStream.output.write(try answer.detail(value))
    }

    private var answer: Answer { Answer(isJSON: json, width: StandardStream.output.columns) }
}
