import ArgumentParser
import Lockstep
import LockstepService

struct OfficeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "office",
        abstract: "Show what an office has: counts, delays, calendar, records.",
        discussion: "Read from the office's replica; its worker may go on working."
    )

    @Argument(help: "The office's name.")
    var name: String

    @Flag(help: "Show the whole calendar.")
    var calendar = false

    @Flag(help: "Print every record as a line of JSON: subject, version, deleted, data.")
    var records = false

    @Option(help: ArgumentHelp("Show one record with each field's version.", valueName: "subject"))
    var record: String?

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func validate() throws {
        guard [calendar, records, record != nil].count(where: \.self) <= 1 else {
            throw ValidationError("--calendar, --records and --record exclude each other.")
        }
    }

    func run() async throws {
        let operations = try arguments.operations()
        let office = try operations.configuration.office(named: name)
        if records {
            try await operations.eachRecord(of: office) { StandardStream.output.write($0) }
        } else if let record {
            let detail = try await operations.record(try Subject(record), of: office)
            StandardStream.output.write(output.json ? detail.json : detail.text)
        } else if calendar {
            try output.list(
                try await operations.calendar(of: office, limit: nil), ifEmpty: "The calendar is empty.")
        } else {
            try output.detail(try await operations.report(of: office))
            if !output.json {
                let rows = try await operations.calendar(of: office, limit: 10)
                StandardStream.output.write("\n")
                try output.list(rows, ifEmpty: "The calendar is empty.")
            }
        }
    }
}
