import ArgumentParser
import LockstepService

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check all that Lockstep needs, and say what to do about what is wrong.",
        discussion: """
            Broker, its version and plugins, permissions, topology, clock, disk. The exit status is 1 where a check \
            fails.
            """
    )

    @OptionGroup var arguments: ConfigurationArguments
    @OptionGroup var output: OutputArguments

    func run() async throws {
        let operations = try arguments.operations()
        let rows = await operations.doctor()
        try output.list(rows, ifEmpty: "Nothing was checked.")
        if rows.contains(where: { $0.status == .failed }) { throw Failure.attention }
    }
}
