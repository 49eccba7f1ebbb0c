import FoundationEssentials
import Lockstep

/// What an engine takes for granted where its app says nothing.
enum EngineConfiguration {
    /// A configuration without a file.
    ///
    /// - Parameters:
    ///   - origin: Who publishes; nil: this program on this machine.
    ///   - state: The directory of what is kept; nil: see ``stateDirectory(of:variables:)``.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration` or `invalidName`.
    static func configuration(
        _ broker: SyncEngine.Broker, origin: String?, state: String?,
        program: String = ProcessInfo.processInfo.processName,
        host: String = ProcessInfo.processInfo.hostName,
        variables: [String: String] = ProcessInfo.processInfo.environment
    ) throws(LockstepError) -> Configuration {
        let directory: URL
        if let state {
            guard !state.isEmpty else {
                throw LockstepError(.invalidConfiguration, "The engine's state needs the path of a directory.")
            }
            directory = URL(filePath: state, directoryHint: .isDirectory)
        } else {
            directory = try stateDirectory(of: program, variables: variables)
        }
        var configuration = Configuration(state: directory)
        configuration.broker = BrokerConfiguration(endpoints: try broker.endpoints(variables: variables))
        // Two machines must not share an origin: each would take the other's changes for its own older ones.
        configuration.origin = try Origin(origin ?? "\(word(program))@\(word(host))")
        return configuration
    }

    /// Where a program keeps what it has: `$XDG_STATE_HOME/lockstep/PROGRAM`, else `~/.local/state/lockstep/PROGRAM`
    /// (XDG Base Directory Specification).
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where there is neither.
    static func stateDirectory(of program: String, variables: [String: String]) throws(LockstepError) -> URL {
        let base: URL
        // The specification wants relative paths to be ignored.
        if let state = variables["XDG_STATE_HOME"], state.hasPrefix("/") {
            base = URL(filePath: state, directoryHint: .isDirectory)
        } else if let home = variables["HOME"], home.hasPrefix("/") {
            base = URL(filePath: home, directoryHint: .isDirectory).appending(path: ".local/state")
        } else {
            throw LockstepError(
                .invalidConfiguration,
                "There is no place for the engine's state: this account has no home directory. Name a directory with 'state:'."
            )
        }
        return base.appending(path: "lockstep/\(word(program))", directoryHint: .isDirectory)
    }

    /// What may stand in an origin and in a file's name.
    private static func word(_ text: String) -> String {
        let word = String(
            text.unicodeScalars.prefix(90).map { scalar in
                let isPlain =
                    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
                return isPlain ? Character(scalar) : Character("-")
            })
        return word.isEmpty ? "app" : word
    }
}
