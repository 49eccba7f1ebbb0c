import FoundationEssentials
import Lockstep
import LockstepSQLite
import Logging

/// Looks into the hub's store, and says what has changed since it did so last.
struct StoreLook {
    private let configuration: Configuration
    private let environment: ConfigurationEnvironment
    private let logger: Logger
    private var store: SQLiteSubscriptions?
    private var stamp: Int?
    private var isFirst = true
    private var hasFailed = false

    init(configuration: Configuration, environment: ConfigurationEnvironment, logger: Logger) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// The configuration with what the store holds, the first time and where that is not what it was; nil: nothing new.
    mutating func next() async -> Configuration? {
        do throws(LockstepError) {
            if store == nil, FileManager.default.fileExists(atPath: configuration.hubFile) {
                store = try SQLiteSubscriptions(reading: configuration.hubFile)
            }
            guard let store else {
                defer { isFirst = false }
                return isFirst ? configuration.with(StoredSubscriptions(), environment) : nil
            }
            guard let (current, contents) = try await store.contents(unless: stamp) else { return nil }
            (stamp, isFirst, hasFailed) = (current, false, false)
            return configuration.with(contents, environment)
        } catch {
            // Somebody is making it at this moment.
            if error.code == .notFound { return nil }
            if !hasFailed {
                logger.warning(
                    "The hub's store cannot be read; offices and pauses stay as they were",
                    metadata: ["reason": "\(error.message)"])
            }
            hasFailed = true
            try? store?.close()
            (store, stamp) = (nil, nil)
            return nil
        }
    }
}
