import FoundationEssentials
import Glibc
import Lockstep
import LockstepSQLite

/// The configuration with the offices and pauses that the hub's store has now, for a process that is asked often.
///
/// Each time it looks whether the store was changed, by whomever (`PRAGMA data_version`); only then its contents are read.
/// So whoever has changed the store, in this process or beside it, finds the change in what is answered next. The file is
/// looked at on a thread of its own: one that is locked keeps nobody else waiting.
actor CurrentOffices {
    private let base: Configuration
    private let environment: ConfigurationEnvironment
    private var store: SQLiteSubscriptions?
    /// The file that is open: another one may have been put in its place.
    private var file: UInt64?
    private var known: (stamp: Int, configuration: Configuration)?

    /// - Parameter configuration: What the process began with.
    init(_ configuration: Configuration, environment: ConfigurationEnvironment = .current) {
        base = configuration
        self.environment = environment
    }

    /// The configuration as it is now.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where there is a store that cannot be read; the next one who asks looks anew.
    func configuration() async throws(LockstepError) -> Configuration {
        let number = fileNumber
        if number != file { forget() }
        guard let number else { return base.with(StoredSubscriptions(), environment) }
        do throws(LockstepError) {
            let store = try opened()
            file = number
            guard let (stamp, contents) = try await store.contents(unless: known?.stamp) else {
                // Nothing was changed; and if somebody has looked meanwhile, it is newer still.
                if let known { return known.configuration }
                return base.with(try await store.contents(), environment)
            }
            let configuration = base.with(contents, environment)
            if self.store === store { known = (stamp, configuration) }
            return configuration
        } catch {
            forget()
            // Somebody is making it at this moment.
            if error.code == .notFound { return base.with(StoredSubscriptions(), environment) }
            throw error
        }
    }

    private func opened() throws(LockstepError) -> SQLiteSubscriptions {
        if let store { return store }
        let opened = try SQLiteSubscriptions(reading: base.hubFile)
        store = opened
        return opened
    }

    private func forget() {
        (store, file, known) = (nil, nil, nil)
    }

    /// What tells the file from another one at its place; nil: there is none.
    private var fileNumber: UInt64? {
        var status = stat()
        return stat(base.hubFile, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
