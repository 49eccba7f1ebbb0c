import Foundation
import Lockstep
import LockstepTesting

/// Makes requests from the hub's description, and against it.
struct RequestFuzzer {
    /// A request, and what the description says of it.
    struct Request {
        var method: String
        var path: String
        var headers: [(String, String)]
        var body: [UInt8]?
        /// The description of what it asks for; nil: there is none.
        var operation: [String: Any]?
        /// The path as the description has it.
        var template: String
    }

    let paths: [String: [String: [String: Any]]]
    var sample: SchemaSample
    /// The tokens' secrets by role, where they are not those of the model.
    var secrets: [String: String] = [:]

    init(_ description: [String: Any], seed: UInt64) {
        paths = description["paths"] as? [String: [String: [String: Any]]] ?? [:]
        let components = description["components"] as? [String: Any]
        sample = SchemaSample(
            components: components?["schemas"] as? [String: Any] ?? [:], generator: SeededGenerator(seed: seed))
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &sample.generator) == 0 }

    mutating func next() -> Request {
        // Each operation as often as any other, however many share a path.
        let all = paths.keys.sorted().flatMap { path in (paths[path] ?? [:]).keys.sorted().map { (path, $0) } }
        let (template, chosen) = all.randomElement(using: &sample.generator) ?? ("/", "get")
        let operations = paths[template] ?? [:]
        var method = chosen
        if chance(12) {
            method =
                ["get", "put", "post", "patch", "delete", "head", "options"].randomElement(using: &sample.generator)
                ?? "get"
        }
        let operation = operations[method]
        var request = Request(
            method: method.uppercased(), path: path(template), headers: [], body: nil, operation: operation,
            template: template)
        if chance(20) {
            request.path =
                ["/", "/v1", "/v1//events", "/v1/../readyz", "/v1/offices/", "/%2e%2e/v1/events", "/v1/nothing"]
                .randomElement(using: &sample.generator) ?? "/"
            request.template = request.path
            request.operation = nil
        }
        request.path += query(operation)
        addToken(&request)
        addBody(&request, operation)
        if hasHeader("Prefer", operation), chance(2) {
            let preferences = ["respond-async", "return=minimal, Respond-Async; wait=10", "wait=10", ";;,="]
            request.headers.append(("Prefer", preferences.randomElement(using: &sample.generator) ?? ""))
        }
        if chance(15) {
            request.headers.append(
                (["X-Odd", "ce-id", "Accept", "Range"].randomElement(using: &sample.generator) ?? "A", "%zz"))
        }
        return request
    }

    private mutating func path(_ template: String) -> String {
        guard template != "/" else { return template }
        return template.split(separator: "/").map { part -> String in
            guard part.hasPrefix("{") else { return String(part) }
            if chance(4) {
                let odd = ["%00", "a%2Fb", "..", "a%20b", "replay", "ward-4", "nothing"]
                return odd.randomElement(using: &sample.generator) ?? "a"
            }
            switch part {
            case "{office}", "{name}": return "ward-3"
            case "{subject}": return "permit%2F1"
            default: return template.contains("conflicts") ? "known" : template.contains("letters") ? "letter-1" : "e-1"
            }
        }.reduce("") { $0 + "/" + $1 }
    }

    private mutating func query(_ operation: [String: Any]?) -> String {
        let all = (operation?["parameters"] as? [[String: Any]] ?? []).filter { $0["in"] as? String == "query" }
        var pairs: [String] = []
        for parameter in all where Bool.random(using: &sample.generator) {
            let schema = parameter["schema"] as? [String: Any] ?? [:]
            let value = sample.value(schema).filter { $0 != "\"" }
            pairs.append(
                "\(parameter["name"] as? String ?? "a")=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            )
        }
        if chance(12) {
            pairs.append(
                ["odd=1", "limit=0", "limit=1&limit=2", "=", "%FF=1", "after=-1", "after=99999999999999999999"]
                    .randomElement(using: &sample.generator) ?? "a")
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private func hasHeader(_ name: String, _ operation: [String: Any]?) -> Bool {
        let all = operation?["parameters"] as? [[String: Any]] ?? []
        return all.contains { $0["in"] as? String == "header" && $0["name"] as? String == name }
    }

    private func secret(_ role: String) -> String { secrets[role] ?? "secret-\(role)" }

    private mutating func addToken(_ request: inout Request) {
        let role = request.operation?["x-lockstep-role"] as? String
        let token =
            chance(5)
            ? ["", "secret-publish", "secret-read", "wrong", "\u{7F}"].randomElement(using: &sample.generator) ?? ""
            : secret(role == "publish" ? "publish" : "admin")
        if token == "\u{7F}" || token.isEmpty { return }
        request.headers.append(("Authorization", "Bearer \(token)"))
    }

    private mutating func addBody(_ request: inout Request, _ operation: [String: Any]?) {
        guard let body = operation?["requestBody"] as? [String: Any],
            let content = body["content"] as? [String: [String: Any]],
            let type = content.keys.sorted().randomElement(using: &sample.generator)
        else {
            if chance(6) { request.body = Array("unasked".utf8) }
            return
        }
        let schema = content[type]?["schema"] as? [String: Any] ?? [:]
        var text = schema["type"] == nil && schema["$ref"] == nil ? "{\"a\":1}" : sample.value(schema)
        if chance(12) { text = sample.garbage() }
        request.body = Array(text.utf8)
        if chance(15) { request.body = [0xFF, 0x00, 0x80] }
        request.headers.append(("Content-Type", chance(12) ? "text/plain" : type))
        if type == "application/json", request.template == "/v1/events", !chance(4) {
            let id = Int.random(in: 1...5, using: &sample.generator)
            request.headers += [
                ("ce-specversion", "1.0"), ("ce-id", "e-\(id)"), ("ce-type", "a.b"), ("ce-subject", "permit/1"),
            ]
        }
    }
}
