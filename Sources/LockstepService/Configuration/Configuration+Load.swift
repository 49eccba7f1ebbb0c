import FoundationEssentials
import Lockstep

extension Configuration {
    /// Reads the configuration: the command line goes before the environment, the environment before the file.
    ///
    /// The file is the one named by `--config`, else by `LOCKSTEP_CONFIG`, else `lockstep.yaml` in the working
    /// directory, else in `/etc/lockstep/`, else there is none and the defaults hold. Relative paths in the file count
    /// from the file's directory, those on the command line and in the environment from the working directory. Offices
    /// that the hub's store has come after those of the file.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong, not only the first.
    public static func load(
        _ options: ConfigurationOptions = ConfigurationOptions(),
        environment: ConfigurationEnvironment = .current
    ) throws(ConfigurationError) -> Configuration {
        let found = ConfigurationSearch.find(options, environment)
        let directory = found?.url.deletingLastPathComponent() ?? environment.workingDirectory
        var configuration = Configuration(state: directory.appending(path: "state", directoryHint: .isDirectory))
        var problems: [ConfigurationProblem] = []

        if let found {
            configuration.file = found.url
            if let root = try SettingDocument.parse(text(of: found), file: found.name) {
                var reader = SettingReader(
                    file: found.name, directory: directory, variables: environment.variables)
                reader.read(root, into: &configuration)
                problems = reader.problems.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
            }
        }
        var overrides = ConfigurationOverrides(environment.workingDirectory)
        overrides.apply(environment.variables, to: &configuration)
        overrides.apply(options, to: &configuration)
        problems += overrides.problems

        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        configuration.findPrivateBroker()
        do {
            return try configuration.withStoredOffices(environment: environment)
        } catch {
            throw ConfigurationError(problems: [
                ConfigurationProblem(source: configuration.hubFile, message: error.message)
            ])
        }
    }

    /// A configuration is read whole into memory; more than this is another file by mistake.
    private static let largestFile = 4 * 1_048_576

    private static func text(of found: ConfigurationSearch.Found) throws(ConfigurationError) -> String {
        func refusal(_ message: String) -> ConfigurationError {
            let whose = found.source.map { " (named by \($0))" } ?? ""
            return ConfigurationError(problems: [ConfigurationProblem(source: found.name, message: message + whose)])
        }
        guard FileManager.default.fileExists(atPath: found.url.path) else {
            throw refusal("there is no such file; check the path")
        }
        guard let data = try? Data(contentsOf: found.url) else {
            throw refusal("the file cannot be read; check that it is a file, and its permissions")
        }
        guard data.count <= largestFile else {
            throw refusal("more than \(ByteSizeText.text(largestFile)); that is no configuration")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw refusal("the file is not UTF-8; save it in that encoding")
        }
        return text
    }
}
