/// Why a process could not be started: the operating system refused it.
package struct ChildProcessError: Error, Sendable, CustomStringConvertible {
    /// What was to be started, and what the system said.
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
