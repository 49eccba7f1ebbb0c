extension Conflict.Value {
    /// Values as a JSON array of objects with `version` and `value`, `removed` or `leftOut`.
    ///
    /// - Parameter longest: The most bytes of a value; longer ones are left out.
    package static func json(of values: [Conflict.Value], longest: Int = .max) -> JSONText {
        JSONText(canonical: "[" + values.map { $0.object(longest).text }.joined(separator: ",") + "]")
    }

    private func object(_ longest: Int) -> JSONObject {
        var object: JSONObject = ["version": JSONText(string: version.description)]
        switch content {
        case .value(let value) where value.text.utf8.count <= longest: object["value"] = value
        case .value, .leftOut: object["leftOut"] = true
        case .removed: object["removed"] = true
        }
        return object
    }

    /// Reads what ``json(of:longest:)`` wrote; nil: it is something else.
    package static func all(in json: JSONText) -> [Conflict.Value]? {
        guard let elements = json.elements else { return nil }
        var values: [Conflict.Value] = []
        for element in elements {
            guard let object = try? JSONObject(parsing: element.text),
                let version = object["version"]?.stringValue.flatMap({ try? Version($0) })
            else { return nil }
            let content: Content =
                if let value = object["value"] { .value(value) } else if object["removed"] != nil { .removed } else {
                    .leftOut
                }
            values.append(Conflict.Value(version: version, content: content))
        }
        return values.sorted { $0.version < $1.version }
    }
}
