import ArgumentParser

/// Which part of a list is shown, where each row has a `place` in JSON.
struct ListArguments: ParsableArguments {
    @Option(help: "How many at most.")
    var limit = 50

    @Option(help: ArgumentHelp("Go on after this place of the list.", valueName: "place"))
    var after: String?

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
    }
}
