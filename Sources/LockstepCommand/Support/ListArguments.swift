import ArgumentParser

/// Which part of a list is shown, where each row has a `place` in JSON.
struct ListArguments: ParsableArguments {
    @OptionGroup var limit: LimitArgument

    @Option(help: ArgumentHelp("Go on after this place of the list.", valueName: "place"))
    var after: String?
}
