import Foundation
import LockstepTesting
import PrivateBroker
import RabbitMQ

/// A site of its own for one test: a virtual host, a state directory, a configuration file, and the command.
struct Site: Sendable {
    let host: VirtualHost
    let directory: URL

    /// The built products stand beside each other.
    static var products: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }

    /// The files beside this one.
    static var resources: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Resources")
    }

    /// The checkout.
    static var checkout: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    var environment: [String: String] {
        [
            "LOCKSTEP_BROKER_URL": host.amqpURL,
            "LOCKSTEP_MANAGEMENT_URL": host.broker.managementURL ?? "",
            "LOCKSTEP_CONFIG": directory.appending(path: "lockstep.yaml").path,
            "LOCKSTEP_STATE": directory.appending(path: "state").path,
        ]
    }

    /// Starts the command, with these variables besides the site's own.
    func start(
        _ arguments: String..., environment more: [String: String] = [:], input: String? = nil
    ) throws -> ChildCommand {
        try ChildCommand(
            Self.products.appending(path: "lockstep"), arguments, environment: environment.merging(more) { $1 },
            input: input)
    }

    /// Runs the command to its end.
    @discardableResult
    func run(_ arguments: String..., input: String? = nil) async throws -> ChildCommand.Ended {
        try await run(arguments, input: input)
    }

    /// Runs the command to its end.
    @discardableResult
    func run(_ arguments: [String], input: String? = nil) async throws -> ChildCommand.Ended {
        try await ChildCommand(
            Self.products.appending(path: "lockstep"), arguments, environment: environment, input: input
        ).ended()
    }

    /// Runs the plain AMQP client, which knows nothing of Lockstep.
    func pika(_ arguments: String...) async throws -> ChildCommand.Ended {
        let script = Self.resources.appending(path: "pika_client.py").path
        return try await ChildCommand(
            URL(filePath: "/usr/bin/python3"), [script] + arguments + ["--url", host.amqpURL], environment: [:]
        ).ended()
    }

    /// The records that an office holds, by subject, as the command prints them.
    func records(of office: String) async throws -> [String: String] {
        let ended = try await run("office", office, "--records")
        var records: [String: String] = [:]
        for object in ended.objects {
            guard let subject = object["subject"] as? String else { continue }
            let data = try JSONSerialization.data(
                withJSONObject: object["data"] ?? NSNull(), options: [.sortedKeys, .fragmentsAllowed])
            records[subject] = String(decoding: data, as: UTF8.self)
        }
        return records
    }

    /// The error classes of an office's dead letters, in order.
    func deadLetterClasses(of office: String) async throws -> [String] {
        try await deadLetters(of: office).map(\.errorClass)
    }

    /// A dead letter, as the command prints it.
    struct DeadLetter: Decodable {
        let id: String
        let errorClass: String
        let error: String
    }

    /// An office's dead letters, in order.
    func deadLetters(of office: String) async throws -> [DeadLetter] {
        let ended = try await run("dead-letters", "list", office, "--json")
        guard ended.status == 0 else { throw SiteError(description: ended.error) }
        return try JSONDecoder().decode([DeadLetter].self, from: Data(ended.output.utf8))
    }
}

/// Runs the closure at a site whose offices are configured by this YAML, below `offices:`.
func withSite(offices: String, applying: Bool = true, _ body: (Site) async throws -> Void) async throws {
    try await SharedBroker.withVirtualHost("site") { host in
        try await withTemporaryDirectory { directory in
            let site = Site(host: host, directory: directory)
            let configuration = "origin: core\noffices:\n" + offices
            try configuration.write(
                to: directory.appending(path: "lockstep.yaml"), atomically: true, encoding: .utf8)
            if applying {
                var applied = try await site.run("topology", "apply")
                // A broker at which many tests make and delete virtual hosts sometimes has no answer.
                if applied.status != 0 { applied = try await site.run("topology", "apply") }
                guard applied.status == 0 else { throw SiteError(description: applied.error) }
            }
            try await body(site)
        }
    }
}

/// A site could not be set up.
struct SiteError: Error, CustomStringConvertible {
    let description: String
}
