import ArgumentParser
import Foundation
import Lockstep
import LockstepService

/// What a subscription is to be: a whole block of settings, single ones, or both.
struct SubscriptionArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Settings as lockstep.yaml has them below an office, YAML or JSON; '-': from standard input.",
            valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("A pattern of what it receives; as often as needed.", valueName: "pattern"))
    var events: [String] = []

    @Option(help: ArgumentHelp("Where its changes are posted to; none: it runs a worker.", valueName: "url"))
    var callback: String?

    @Option(help: ArgumentHelp("What is posted: state or events.", valueName: "content"))
    var content: String?

    @Option(help: ArgumentHelp("How it is posted: structured or binary.", valueName: "mode"))
    var mode: String?

    @Option(help: ArgumentHelp("The file of the secret that requests are signed with.", valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp("In which order: arrival or record.", valueName: "order"))
    var order: String?

    @Option(help: ArgumentHelp("The most changes in a second.", valueName: "number"))
    var rate: Int?

    @Option(help: ArgumentHelp("The most changes that are on their way to it at once.", valueName: "number"))
    var concurrency: Int?

    /// The whole block that was given; nil: none was.
    func whole() async throws -> SubscriptionSettings? {
        guard let from else { return nil }
        let source = from == "-" ? "standard input" : from
        let data = from == "-" ? try FileHandle.standardInput.readToEnd() : FileManager.default.contents(atPath: from)
        guard let data, let text = String(validating: data, as: UTF8.self) else {
            throw LockstepError(.notFound, "'\(source)' cannot be read as text; check the path and its permissions.")
        }
        return try SubscriptionSettings(parsing: text, source: source)
    }

    /// The single settings over those of the block, or over others.
    func applied(to others: SubscriptionSettings) async throws -> SubscriptionSettings {
        try put(over: try await whole() ?? others)
    }

    /// The single settings over others.
    func put(over others: SubscriptionSettings) throws -> SubscriptionSettings {
        var settings = others
        if !events.isEmpty { settings["events"] = JSONText(strings: events) }
        if let callback { settings["callback", "url"] = JSONText(string: callback) }
        if let content { settings["callback", "content"] = JSONText(string: content) }
        if let mode { settings["callback", "mode"] = JSONText(string: mode) }
        if let secretFile {
            // Whoever reads it later stands in another directory.
            settings["callback", "secretFile"] = JSONText(string: URL(filePath: secretFile).standardizedFileURL.path)
        }
        if let order { settings["order"] = JSONText(string: order) }
        if let rate { settings["rate"] = JSONText(integerLiteral: rate) }
        if let concurrency { settings["concurrency"] = JSONText(integerLiteral: concurrency) }
        return settings
    }
}
