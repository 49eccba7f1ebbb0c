import Foundation

/// Holds JSON against a schema: the part of JSON Schema 2020-12 that the hub's description uses.
struct SchemaCheck {
    /// The description's `components.schemas`.
    let components: [String: Any]

    /// What does not fit, each with its place; empty: all does.
    func complaints(about value: Any, _ schema: [String: Any], at place: String = "$") -> [String] {
        if let reference = schema["$ref"] as? String {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let named = components[name] as? [String: Any] else { return ["\(place): no schema \(name)"] }
            return complaints(about: value, named, at: place)
        }
        if let options = schema["anyOf"] as? [[String: Any]] {
            let fits = options.contains { complaints(about: value, $0, at: place).isEmpty }
            return fits ? [] : ["\(place): fits none of anyOf"]
        }
        if let constant = schema["const"] as? String, value as? String != constant {
            return ["\(place): not \(constant)"]
        }
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            return ["\(place): not one of \(words)"]
        }
        var found: [String] = []
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { Self.isOf($0, value) }) {
            found.append("\(place): not \(types)")
        }
        if let object = value as? [String: Any] { found += members(object, schema, place) }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, item) in list.enumerated() {
                found += self.complaints(about: item, items, at: "\(place)[\(index)]")
            }
        }
        return found
    }

    private func members(_ object: [String: Any], _ schema: [String: Any], _ place: String) -> [String] {
        var found: [String] = []
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
            found.append("\(place): \(name) is missing")
        }
        for (name, value) in object {
            if let property = properties[name] {
                found += self.complaints(about: value, property, at: "\(place).\(name)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place): \(name) is not described")
            } else if let other = schema["additionalProperties"] as? [String: Any] {
                found += self.complaints(about: value, other, at: "\(place).\(name)")
            }
        }
        return found
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "string": value is String
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "null": value is NSNull
        case "boolean": (value as? NSNumber).map(isBoolean) ?? false
        case "integer":
            (value as? NSNumber).map { !isBoolean($0) && $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": (value as? NSNumber).map { !isBoolean($0) } ?? false
        default: false
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
