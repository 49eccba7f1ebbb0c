import Lockstep

/// What a field of a record must hold, found from the whole set of changes at once: the rule of the documentation in
/// other words than the code's.
struct ModelRegister {
    /// The versions whose values must be there.
    let versions: [Version]

    /// - Parameter field: The field's name; nil: the record's existence.
    init(of field: String?, in changes: [RecordChange]) {
        let writers = changes.filter { change in
            guard let field else { return true }
            return change.operation != .delete && change.data[field] != nil
        }
        versions = writers.map(\.version).filter { version in
            !changes.contains { Self.replaces($0, version, field: field) }
        }.sorted()
    }

    /// Whether a change that writes or clears the field had seen this version of it.
    private static func replaces(_ other: RecordChange, _ version: Version, field: String?) -> Bool {
        guard other.version != version else { return false }
        if let field, other.operation == .merge, other.data[field] == nil { return false }
        if other.version.origin == version.origin { return other.version.reading > version.reading }
        switch (other.seen, field) {
        case (.everywhere(let vector), _): return vector.covers(version)
        case (.byField(let vectors), let field?): return vectors[field]?.covers(version) ?? false
        case (.byField(let vectors), nil): return vectors.values.contains { $0.covers(version) }
        }
    }
}
