public import FoundationEssentials

/// What a process finds around it when it reads its configuration.
public struct ConfigurationEnvironment: Sendable {
    /// The environment's variables.
    public var variables: [String: String]
    /// The working directory.
    public var workingDirectory: URL
    /// Where the machine's own configuration is.
    public var systemDirectory: URL

    /// An environment.
    public init(
        variables: [String: String],
        workingDirectory: URL,
        systemDirectory: URL = URL(filePath: "/etc/lockstep", directoryHint: .isDirectory)
    ) {
        self.variables = variables
        self.workingDirectory = workingDirectory
        self.systemDirectory = systemDirectory
    }

    /// This process's.
    public static var current: ConfigurationEnvironment {
        ConfigurationEnvironment(
            variables: ProcessInfo.processInfo.environment,
            workingDirectory: URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        )
    }
}
