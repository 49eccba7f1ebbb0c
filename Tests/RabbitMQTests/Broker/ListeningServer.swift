import LockstepTesting

/// A server that shakes hands in TLS, says nothing, and notes all that it is told.
final class ListeningServer: Sendable {
    let port: Int
    /// It ends when its own input ends: with this object, or with the process.
    private let program: FedProgram

    /// Starts it.
    init(_ pair: Certificates.Pair) throws {
        port = try freePort()
        program = try FedProgram(
            "/usr/bin/openssl",
            ["s_server", "-accept", "localhost:\(port)", "-cert", pair.certificate, "-key", pair.key])
    }

    /// All that it printed: about itself, about connections, and what they said.
    var heard: String { program.output }
}
