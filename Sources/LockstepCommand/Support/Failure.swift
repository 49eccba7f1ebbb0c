import ArgumentParser
import LockstepService

/// How a command ends that did not just succeed.
enum Failure {
    /// Ends the process after an error: one line on standard error, and the documented status.
    ///
    /// The parser's own errors, `--help` and `--version` keep their form.
    static func exit(_ error: any Error) -> Never {
        let isParsers = error is CleanExit || error is ValidationError || error is ExitCode
        guard !isParsers, !String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") else {
            LockstepCommand.exit(withError: error)
        }
        StandardStream.error.write(ErrorText.text(error))
        LockstepCommand.exit(withError: ExitCode(CommandStatus(error).rawValue))
    }

    /// What a command throws that has done its work and found something that needs attention.
    static let attention = ExitCode(CommandStatus.attention.rawValue)
}
