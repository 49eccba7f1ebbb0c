import FoundationEssentials
import LockstepService
import LockstepTesting

/// What loading a file gave: the configuration, or what was wrong with it.
struct Loaded {
    var configuration: Configuration?
    var problems: [String] = []
}

/// Loads a text as the `lockstep.yaml` of an empty directory, with other files beside it.
func load(
    _ yaml: String,
    variables: [String: String] = [:],
    options: ConfigurationOptions = ConfigurationOptions(),
    files: [String: String] = [:]
) async throws -> Loaded {
    try await withTemporaryDirectory { directory in
        for (name, content) in files.merging(["lockstep.yaml": yaml], uniquingKeysWith: { _, main in main }) {
            try Data(content.utf8).write(to: directory.appending(path: name))
        }
        let environment = ConfigurationEnvironment(
            variables: variables, workingDirectory: directory, systemDirectory: directory.appending(path: "etc"))
        do {
            return Loaded(configuration: try Configuration.load(options, environment: environment))
        } catch let error as ConfigurationError {
            return Loaded(problems: error.problems.map(\.description))
        }
    }
}
