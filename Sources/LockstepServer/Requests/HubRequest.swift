import HTTPTypes
import Lockstep

/// A request that was let in, as the route's description says that it must be.
struct HubRequest: Sendable {
    /// Who asks.
    var caller: HubCaller
    /// The names in the path, decoded.
    var path: [String: String]
    /// The parameters of the query, each as the route describes it.
    var query: [String: String]
    var headers: HTTPFields
    var body: [UInt8]

    /// A name in the path.
    func name(_ key: String) -> String {
        guard let value = path[key] else { preconditionFailure("the route's path has no {\(key)}") }
        return value
    }

    /// Which part of a list is asked for.
    var range: HubRange { HubRange(limit: query["limit"].flatMap { Int($0) } ?? 50, after: query["after"]) }

    /// The body's JSON object.
    ///
    /// - Throws: ``HubProblem`` where it has other keys than these.
    func object(_ keys: Set<String>) throws -> JSONObject {
        let object = try JSONObject(parsing: body)
        if let other = object.fields.first(where: { !keys.contains($0.name) }) {
            throw HubProblem(
                .badRequest,
                "The body has an unknown key '\(other.name.prefix(64))'; the keys here are "
                    + "\(keys.sorted().joined(separator: ", ")).")
        }
        return object
    }

    /// Who does this and why, from the body's key `reason`.
    func deed(_ object: JSONObject) throws -> HubDeed {
        guard let reason = try object.text("reason"), !reason.allSatisfy(\.isWhitespace) else {
            throw HubProblem(.badRequest, "The body needs a key 'reason': why this is done, for auditors.")
        }
        guard reason.utf8.count <= 1_000 else {
            throw HubProblem(.badRequest, "The reason has more than 1000 bytes; say it shorter.")
        }
        return HubDeed(person: caller.name, reason: reason)
    }
}

extension JSONObject {
    /// A text; nil: the key is not there, or null.
    func text(_ key: String) throws -> String? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw HubProblem(.badRequest, "The body's key '\(key)' needs a text.")
        }
        return text
    }

    /// A list of texts; nil: the key is not there, or null.
    func texts(_ key: String) throws -> [String]? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let elements = value.elements else {
            throw HubProblem(.badRequest, "The body's key '\(key)' needs a list of texts.")
        }
        return try elements.map { element in
            guard let text = element.stringValue else {
                throw HubProblem(.badRequest, "The body's key '\(key)' needs a list of texts.")
            }
            return text
        }
    }

    /// An object; nil: the key is not there, or null.
    func object(_ key: String) throws -> JSONObject? {
        guard let value = self[key], !value.isNull else { return nil }
        guard value.text.hasPrefix("{") else {
            throw HubProblem(.badRequest, "The body's key '\(key)' needs an object.")
        }
        return try JSONObject(parsing: value.text)
    }

    /// A time; nil: the key is not there, or null.
    func moment(_ key: String) throws -> Timestamp? {
        guard let text = try text(key) else { return nil }
        guard let moment = Timestamp(rfc3339: text) else {
            throw HubProblem(.badRequest, "The body's key '\(key)' needs a time like 2026-01-31T18:00:00Z.")
        }
        return moment
    }

    /// How many a second at most, from the key `rate`; nil: it is not there, or null.
    func rate() throws -> Int? {
        guard let value = self["rate"], !value.isNull else { return nil }
        guard let number = Int(value.text), Schema.rates.contains(number) else {
            throw HubProblem(
                .badRequest,
                "The body's key 'rate' needs a whole number from \(Schema.rates.lowerBound) to "
                    + "\(Schema.rates.upperBound).")
        }
        return number
    }

    /// Whether a key is true; false: it is not there, null or false.
    func flag(_ key: String) throws -> Bool {
        guard let value = self[key], !value.isNull else { return false }
        guard ["true", "false"].contains(value.text) else {
            throw HubProblem(.badRequest, "The body's key '\(key)' is true or false.")
        }
        return value == .true
    }
}

extension Schema {
    /// How many a second may be asked for.
    static let rates = 1...10_000

    /// How many a second at most, or null.
    static func rate(_ description: String) -> Schema { integer(description, rates).orNull }
}
