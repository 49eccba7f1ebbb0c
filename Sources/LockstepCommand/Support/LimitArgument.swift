import ArgumentParser

/// How many rows of a list are shown.
struct LimitArgument: ParsableArguments {
    @Option(name: .customLong("limit"), help: "How many at most.")
    var count = 50

    func validate() throws {
        guard count > 0 else { throw ValidationError("--limit is 1 or more.") }
    }
}
