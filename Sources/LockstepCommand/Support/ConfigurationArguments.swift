import ArgumentParser
import LockstepService
import Logging

/// The options of every command that reads the configuration.
struct ConfigurationArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The directory of replicas and clocks.", valueName: "directory"))
    var state: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    /// Reads the configuration and starts the log.
    ///
    /// - Parameter isService: Whether the command runs for long: one that answers and ends logs warnings only, unless
    ///   `--log-level` says otherwise.
    func operations(
        origin: String? = nil, metricsPort: Int? = nil, listen: String? = nil, isService: Bool = false
    ) throws -> Operations {
        var options = self.options
        options.origin = origin
        options.metricsPort = metricsPort
        options.hubListen = listen
        let configuration = try Configuration.load(options)
        let isVerbose = isService || logLevel != nil
        StandardErrorLog.bootstrap(isVerbose ? configuration.log : configuration.log.atLeast(.warning))
        return Operations(configuration)
    }

    /// What the command line says.
    var options: ConfigurationOptions {
        var options = ConfigurationOptions()
        options.file = config
        options.state = state
        options.logLevel = logLevel
        options.logFormat = logFormat
        return options
    }
}
