import FoundationEssentials
public import Lockstep
import LockstepSQLite

extension Configuration {
    /// Whether an office stands in the file: then it is changed there and nowhere else.
    public func isDeclared(_ office: OfficeName) -> Bool {
        !stored.made.contains(office) && offices.contains { $0.office == office }
    }

    /// The file of the hub's store.
    var hubFile: String { state.appending(path: "hub.sqlite").path }

    /// What relative paths in the settings of an office count from.
    func settingsDirectory(_ environment: ConfigurationEnvironment) -> URL {
        file?.deletingLastPathComponent() ?? environment.workingDirectory
    }

    /// The same configuration with the offices and pauses that the hub's store has now.
    ///
    /// The file is not read again. A subscription of the store that cannot be used is left out, and
    /// ``StoredOffices/problems`` says why.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` where there is a store that cannot be read.
    public func withStoredOffices(
        environment: ConfigurationEnvironment = .current
    ) throws(LockstepError) -> Configuration {
        guard FileManager.default.fileExists(atPath: hubFile) else { return with(StoredSubscriptions(), environment) }
        let store: SQLiteSubscriptions
        do throws(LockstepError) {
            store = try SQLiteSubscriptions(reading: hubFile)
        } catch  where error.code == .notFound {
            // Somebody is making it at this moment.
            return with(StoredSubscriptions(), environment)
        }
        defer { try? store.close() }
        return with(try store.contentsNow(), environment)
    }

    /// The same configuration with what a store holds in the place of what another one held.
    func with(_ contents: StoredSubscriptions, _ environment: ConfigurationEnvironment) -> Configuration {
        var configuration = self
        configuration.offices.removeAll { stored.made.contains($0.office) }
        configuration.stored = StoredOffices()
        for pause in contents.pauses { configuration.stored.pauses[pause.office] = pause }
        for stored in contents.subscriptions { configuration.adopt(stored, environment) }
        return configuration
    }

    private mutating func adopt(_ stored: StoredSubscription, _ environment: ConfigurationEnvironment) {
        let name = stored.office
        let source = "hub.sqlite (\(name))"
        if let declared = offices.first(where: { $0.office == name || $0.office.differsOnlyInCase(from: name) }) {
            let message =
                "the office '\(declared.office)' stands in the file, too, and the file counts; take it out there, or run "
                + "'lockstep subscriptions delete \(name)'"
            self.stored.problems.append(ConfigurationProblem(source: source, message: message))
            return
        }
        let (directory, mayBePrivate) = (settingsDirectory(environment), hub.privateAddresses)
        func subscription() throws(ConfigurationError) -> Subscription {
            try SubscriptionSettings(stored: stored.settings).subscription(
                of: name, source: source, directory: directory, variables: environment.variables,
                mayBePrivate: mayBePrivate)
        }
        // Its deletion has to be ended, whatever its settings have become.
        guard !stored.isLeaving else {
            let known = (try? subscription()) ?? Subscription(office: name, events: [])
            return self.stored.leaving.append(known)
        }
        do {
            offices.append(try subscription())
            self.stored.made.insert(name)
        } catch {
            self.stored.problems += error.problems
        }
    }
}
