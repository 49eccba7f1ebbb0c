extension Record {
    /// What an origin that knows this record has seen of what a change of its own writes.
    ///
    /// Exact, field by field: what others wrote to a field and has not arrived here is not said to be seen, and so
    /// survives the change. Where all written fields say the same, it is said once.
    ///
    /// - Parameters:
    ///   - origin: Who makes the change; of its own earlier changes nothing need be said.
    ///   - operation: What the change does.
    ///   - names: The fields that it writes.
    package func seen(by origin: Origin, of operation: EventOperation, writing names: [String]) -> Seen {
        func vector(_ register: Register?) -> VersionVector {
            var vector = register?.context ?? VersionVector()
            vector.join(floor)
            vector.remove(origin)
            return vector
        }
        var vectors: [String: VersionVector] = [:]
        for name in names { vectors[name] = vector(self[field: name]) }
        switch operation {
        case .merge:
            if vectors.isEmpty { return .existence(vector(existence)) }
            if let first = vectors.first?.value, vectors.values.allSatisfy({ $0 == first }) {
                return .everywhere(first)
            }
        // Nobody makes a change of the last kind.
        case .replace, .delete, .state:
            for field in fields { vectors[field.name] = vector(field.register) }
            vectors[Seen.existence] = vector(existence)
        }
        vectors = vectors.filter { !$0.value.isEmpty }
        return vectors.isEmpty ? .nothing : .byField(vectors)
    }
}

extension Seen {
    /// What was seen of the record's existence, and of no field.
    fileprivate static func existence(_ vector: VersionVector) -> Seen {
        vector.isEmpty ? .nothing : .byField([existence: vector])
    }
}
