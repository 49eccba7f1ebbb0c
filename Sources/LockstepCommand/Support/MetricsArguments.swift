import ArgumentParser

/// The options of commands that run for long.
struct MetricsArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show metrics on this port of the configured address, else of 127.0.0.1; 0: any that is free.",
            valueName: "port"))
    var metricsPort: Int?
}
