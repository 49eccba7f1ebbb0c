extension Seen {
    /// Reads the attribute `recordseen`: a version vector, or a JSON object with a version vector per field.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidVersion` or `invalidJSON`.
    public init(_ text: String) throws(LockstepError) {
        guard text.utf8.first == UInt8(ascii: "{") else {
            self = .everywhere(try VersionVector(text))
            return
        }
        var vectors: [String: VersionVector] = [:]
        for field in try JSONObject(parsing: text).fields {
            guard let value = field.value.stringValue else {
                throw LockstepError(.invalidVersion, "not a list of seen versions by field; its values must be strings")
            }
            vectors[field.name] = try VersionVector(value)
        }
        self = .byField(vectors)
    }

    /// The attribute's value; nil where it is left out.
    public var text: String? {
        switch self {
        case .everywhere(let vector): vector.isEmpty ? nil : vector.description
        case .byField(let vectors):
            JSONObject(vectors.map { ($0.key, JSONText(string: $0.value.description)) }).text
        }
    }
}
