/// What the origin of a change had seen of the fields that it changes (the attribute `recordseen`).
///
/// Whatever it says, an origin has always seen its own earlier changes.
public enum Seen: Sendable, Hashable {
    /// The same for every field; empty: only its own earlier changes.
    case everywhere(VersionVector)
    /// Field by field; of fields that are not named, only its own earlier changes.
    ///
    /// The empty name stands for the record's existence: see ``existence``.
    case byField([String: VersionVector])

    /// Only its own earlier changes.
    public static let nothing = Seen.everywhere(VersionVector())

    /// The name under which ``byField(_:)`` has what was seen of the record's existence, besides what was seen of fields.
    ///
    /// A field of that name is nothing special, but that nobody can say what he has seen of it alone.
    public static let existence = ""

    /// What it had seen of one field.
    func vector(for field: String) -> VersionVector {
        switch self {
        case .everywhere(let vector): vector
        case .byField(let vectors): field == Self.existence ? VersionVector() : vectors[field] ?? VersionVector()
        }
    }

    /// What it had seen of the record's existence: every change it had seen anywhere spoke of that, too.
    var ofExistence: VersionVector {
        switch self {
        case .everywhere(let vector): return vector
        case .byField(let vectors):
            var joined = VersionVector()
            for vector in vectors.values { joined.join(vector) }
            return joined
        }
    }

    /// What it had seen of all fields, also of those that nobody has heard of yet.
    var ofAllFields: VersionVector {
        if case .everywhere(let vector) = self { vector } else { VersionVector() }
    }
}
