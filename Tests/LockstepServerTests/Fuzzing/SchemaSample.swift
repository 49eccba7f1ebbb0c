import Foundation
import LockstepTesting

/// Makes JSON that fits a schema, most of the time; now and then a part of it does not.
struct SchemaSample {
    let components: [String: Any]
    var generator: SeededGenerator

    private static let texts = [
        "", "a", "permit.issued", "permit/1", "letter-1", "ward-3", "core", "1.0", "\u{0}", "\u{1F4A9}", "\"\\",
        "2024-04-01T08:30:00Z", "0190c5a2b3c40000-core", "../../etc/passwd", "' OR 1=1 --", "${HOME}",
        "application/json",
        String(repeating: "x", count: 700),
    ]

    /// A value as JSON text.
    mutating func value(_ schema: [String: Any], depth: Int = 0) -> String {
        if Int.random(in: 0..<12, using: &generator) == 0 || depth > 6 { return garbage() }
        if let reference = schema["$ref"] as? String {
            let name = String(reference.split(separator: "/").last ?? "")
            return value(components[name] as? [String: Any] ?? [:], depth: depth + 1)
        }
        if let options = schema["anyOf"] as? [[String: Any]], let option = options.randomElement(using: &generator) {
            return value(option, depth: depth + 1)
        }
        if let constant = schema["const"] as? String { return Self.quoted(constant) }
        if let words = schema["enum"] as? [String] { return Self.quoted(words.randomElement(using: &generator) ?? "") }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? ["string"]
        switch types.randomElement(using: &generator) {
        case "object": return object(schema, depth)
        case "array":
            let items = schema["items"] as? [String: Any] ?? [:]
            let count = Int.random(in: 0...3, using: &generator)
            return "[" + (0..<count).map { _ in value(items, depth: depth + 1) }.joined(separator: ",") + "]"
        case "integer": return "\(Int.random(in: -2...1_200, using: &generator))"
        case "number": return "\(Double.random(in: -1...9, using: &generator))"
        case "boolean": return Bool.random(using: &generator) ? "true" : "false"
        case "null": return "null"
        default: return Self.quoted(text())
        }
    }

    /// A text: a likely one, or one that breaks things.
    mutating func text() -> String { Self.texts.randomElement(using: &generator) ?? "" }

    /// What nobody should send.
    mutating func garbage() -> String {
        let all = [
            "null", "1e999", "[]", "{}", "\"\\ud800\"", "{\"a\":", "tru", "-", "[[[[[[]]]]]]", "\"\"", "0",
            "{\"a\":1,\"a\":2}",
        ]
        return all.randomElement(using: &generator) ?? ""
    }

    private mutating func object(_ schema: [String: Any], _ depth: Int) -> String {
        let required = Set(schema["required"] as? [String] ?? [])
        var members: [String] = []
        for (name, property) in (schema["properties"] as? [String: [String: Any]] ?? [:]).sorted(by: { $0.key < $1.key }
        ) {
            let isWanted =
                required.contains(name) ? Int.random(in: 0..<10, using: &generator) > 0 : Bool.random(using: &generator)
            if isWanted { members.append(Self.quoted(name) + ":" + value(property, depth: depth + 1)) }
        }
        if Int.random(in: 0..<10, using: &generator) == 0 { members.append(Self.quoted(text()) + ":1") }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        let data = try? JSONSerialization.data(withJSONObject: text, options: .fragmentsAllowed)
        return String(decoding: data ?? Data("\"\"".utf8), as: UTF8.self)
    }
}
