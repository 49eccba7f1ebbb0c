import FoundationEssentials

/// Finds the file: `--config`, `LOCKSTEP_CONFIG`, the working directory, then `/etc/lockstep/`.
struct ConfigurationSearch {
    /// The file's usual name.
    static let fileName = "lockstep.yaml"

    /// A file that was found.
    struct Found {
        /// Where it is.
        let url: URL
        /// How problems name it: as the operator did.
        let name: String
        /// What named it; nil: it was found in one of the usual places.
        let source: String?
    }

    /// The file to read; nil: there is none, and nobody said that there should be.
    static func find(_ options: ConfigurationOptions, _ environment: ConfigurationEnvironment) -> Found? {
        for (source, path) in [
            ("--config", options.file), ("LOCKSTEP_CONFIG", environment.variables["LOCKSTEP_CONFIG"]),
        ] {
            guard let path, !path.isEmpty else { continue }
            return Found(
                url: URL(filePath: path, relativeTo: environment.workingDirectory).standardizedFileURL,
                name: path,
                source: source
            )
        }
        let here = environment.workingDirectory.appending(path: fileName)
        if FileManager.default.fileExists(atPath: here.path) { return Found(url: here, name: fileName, source: nil) }
        let system = environment.systemDirectory.appending(path: fileName)
        guard FileManager.default.fileExists(atPath: system.path) else { return nil }
        return Found(url: system, name: system.path, source: nil)
    }
}
