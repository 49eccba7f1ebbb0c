import Foundation
import LockstepTesting

/// A server that shakes hands in TLS, says nothing, and notes all that it is told.
final class ListeningServer {
    let port: Int
    private let process = Process()
    private let input = Pipe()
    private let output: URL

    /// The shell ends the server when its own input ends: with this object, or with the process.
    private static let guardian = #"exec 3<&0; "$@" <&3 & cat <&3; kill -KILL $!"#

    /// Starts it.
    init(_ pair: Certificates.Pair, in directory: URL) throws {
        port = try freePort()
        output = directory.appending(path: "heard-\(port)")
        try Data().write(to: output)
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", Self.guardian, "sh", "openssl", "s_server", "-accept", "localhost:\(port)", "-cert", pair.certificate,
            "-key", pair.key,
        ]
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// All that it printed: about itself, about connections, and what they said.
    var heard: String { String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self) }
}
