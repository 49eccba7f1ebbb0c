import FoundationEssentials
import Lockstep
import ServiceLifecycle

extension Operations {
    /// Receives for an office over HTTP until it is asked to stop (SIGTERM, SIGINT).
    ///
    /// - Throws: ``/Lockstep/LockstepError``: `notFound`, or `invalidConfiguration` where it must not listen like that.
    public func receive(for name: String, _ arguments: ReceiveArguments) async throws {
        let office = try configuration.office(named: name)
        let receive = try arguments.applied(to: configuration.receivers[office.office] ?? ReceiveConfiguration())
        let service = ReceiverService(
            subscription: office, receive: receive, configuration: configuration, logger: logger)
        try await ServiceRunner.run([service], logger: logger)
    }
}

/// What the command line says of a receiver, in the configuration's place.
public struct ReceiveArguments: Sendable {
    /// The address.
    public var listen: String?
    /// The path.
    public var path: String?
    /// The file of the secrets.
    public var secretFile: String?

    /// Nothing said.
    public init() {}

    func applied(to configured: ReceiveConfiguration) throws(LockstepError) -> ReceiveConfiguration {
        var receive = configured
        if let listen {
            guard let address = ListenAddress(listen) else {
                throw LockstepError(.invalidConfiguration, "--listen needs \(ListenAddress.form)")
            }
            receive.listen = address
        }
        if let path {
            guard ReceiveConfiguration.isPath(path) else {
                throw LockstepError(.invalidConfiguration, "--path needs a path of a URL, like /sync_callback")
            }
            receive.path = path
        }
        if let secretFile {
            guard let text = try? String(contentsOfFile: secretFile, encoding: .utf8),
                let secrets = ReceiveConfiguration.secrets(in: text)
            else {
                throw LockstepError(
                    .invalidConfiguration,
                    "--secret-file must name a file with one secret a line, like \"whsec_$(openssl rand -base64 32)\" "
                        + "makes one")
            }
            receive.secrets = secrets
        }
        if let refusal = receive.refusal { throw LockstepError(.invalidConfiguration, refusal) }
        guard !receive.secrets.isEmpty else {
            throw Self.noSecret
        }
        return receive
    }

    static var noSecret: LockstepError {
        LockstepError(
            .invalidConfiguration,
            "Without a secret anybody could write to the office: name the sender's with 'receive.secretFile', "
                + "'receive.secret' or --secret-file.")
    }
}
