import ArgumentParser

/// One piece of work, measured; `deploy/bench` runs them in turn with the plain C ones.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep-benchmarks",
        abstract: "Does one piece of work against a broker and prints what it took, as a line of JSON.",
        subcommands: [
            Prepare.self, Fill.self, Publish.self, PublishTasks.self, PublishOne.self, Consume.self, FanOut.self,
            Idle.self, PrepareOffice.self, FillOffice.self, Office.self, Follow.self, Pace.self,
            Relay.self, RelayOne.self, RelayPostgres.self, RelayOnePostgres.self, Ledger.self, Webhooks.self,
            Merge.self, Drift.self,
        ])
}

/// What every piece of work is told.
struct WorkOptions: ParsableArguments {
    @Option(help: "The broker.") var url: String
    @Option(help: "The queue, or what the names of several begin with.") var queue = "benchmark"
    @Option(help: "Messages, or deliveries over all queues.") var count = 10_000
    @Option(help: "The most messages without a confirm.") var window = 1_000
    @Option(help: "Over how many queues.") var queues = 50
}
