import Foundation
import FoundationNetworking
public import PrivateBroker

/// A virtual host on a private broker: queues, exchanges and bindings of its own.
public struct VirtualHost: Sendable {
    /// Its name, safe in a URL.
    public let name: String
    /// The broker that it is on.
    public let broker: PrivateBroker

    /// Where AMQP clients connect, as the user `guest`.
    public var amqpURL: String { broker.amqpURL + name }

    /// Asks RabbitMQ's HTTP API.
    ///
    /// - Parameters:
    ///   - method: Such as `GET`.
    ///   - path: Below `/api/`, such as `queues/<virtual host>`.
    ///   - body: JSON.
    /// - Returns: The answer's body.
    /// - Throws: ``ManagementRefusal`` for any answer that is not a success.
    @discardableResult
    public func manage(_ method: String, _ path: String, _ body: String? = nil) async throws -> String {
        guard let base = broker.managementURL, let url = URL(string: "\(base)api/\(path)") else {
            preconditionFailure("A virtual host is made on a broker with management, with a path that can be in a URL.")
        }
        var request = URLRequest(url: url, timeoutInterval: 30)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let credentials = Data("guest:guest".utf8).base64EncodedString()
        request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = String(decoding: data, as: UTF8.self)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else {
            throw ManagementRefusal(request: "\(method) \(path)", status: status, answer: answer)
        }
        return answer
    }

    func create() async throws {
        try await manage("PUT", "vhosts/\(name)")
        try await manage(
            "PUT", "permissions/\(name)/guest", #"{"configure": ".*", "write": ".*", "read": ".*"}"#
        )
    }

    func delete() async throws {
        try await manage("DELETE", "vhosts/\(name)")
    }
}

/// RabbitMQ's HTTP API did not do what it was asked.
public struct ManagementRefusal: Error, Sendable, CustomStringConvertible {
    /// Method and path.
    public let request: String
    /// The HTTP status.
    public let status: Int
    /// What it said.
    public let answer: String

    public var description: String { "RabbitMQ's HTTP API answered \(request) with \(status): \(answer)" }
}
