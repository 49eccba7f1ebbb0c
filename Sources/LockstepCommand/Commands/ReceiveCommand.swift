import ArgumentParser
import LockstepService

struct ReceiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Receive for an office over HTTP what another Lockstep posts, and keep its replica and calendar.",
        discussion: """
            For an office that does not reach the broker: it has a callback there, and this is what answers it. Requests \
            must be signed (Standard Webhooks) with a secret of 'receive' in lockstep.yaml or of --secret-file, and be \
            no older than five minutes. 200 is answered when the event is on disk; what comes again changes nothing. \
            SIGTERM or Ctrl-C lets it answer what it has in hand and exit with 0.
            """
    )

    @Argument(help: "The office's name.")
    var office: String

    @Option(
        help: ArgumentHelp(
            "The address to listen on. Default: receive.listen, or 127.0.0.1:8471.", valueName: "host:port"))
    var listen: String?

    @Option(help: "Where it is posted to. Default: receive.path, or /sync_callback.")
    var path: String?

    @Option(help: ArgumentHelp("A file with the secrets, one a line; any of them will do.", valueName: "file"))
    var secretFile: String?

    @OptionGroup var arguments: ConfigurationArguments

    func run() async throws {
        var receive = ReceiveArguments()
        receive.listen = listen
        receive.path = path
        receive.secretFile = secretFile
        try await arguments.operations(isService: true).receive(for: office, receive)
    }
}
