import ArgumentParser
import LockstepService

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Keep the ledger: take in what publishers and offices report of each event.",
        discussion: """
            It works until SIGTERM or Ctrl-C, finishes the batch in hand and exits with 0. One ledger is kept at a time; \
            'lockstep status' and 'lockstep publish --wait' read its file, on the same machine.
            """
    )

    @OptionGroup var arguments: ConfigurationArguments

    @OptionGroup var metrics: MetricsArguments

    func run() async throws {
        try await arguments.operations(metricsPort: metrics.metricsPort, isService: true).keepLedger()
    }
}
