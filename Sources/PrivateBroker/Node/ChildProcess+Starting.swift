import ChildProcesses

extension ChildProcess {
    /// Starts a program; what the system refuses is an error of the broker's.
    static func start(_ launch: ProcessLaunch) throws(PrivateBrokerError) -> ChildProcess {
        do {
            return try ChildProcess(launch)
        } catch {
            throw PrivateBrokerError(.system, "\(error)", underlying: error)
        }
    }
}
