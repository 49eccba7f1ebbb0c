/// What a replica knows of one record: its fields, each a register, and whether it exists.
///
/// A value: ``merge(_:)`` is its only way to change. Equal records have equal bytes, see ``encoded()``.
public struct Record: Sendable, Hashable {
    /// A field and its register.
    public struct Field: Sendable, Hashable {
        /// The field's name.
        public let name: String
        /// Its values.
        public var register: Register

        public static func == (left: Field, right: Field) -> Bool {
            ByteOrder.equal(left.name, right.name) && left.register == right.register
        }
    }

    /// The record's name.
    public let subject: Subject
    /// Whether the record exists: every change says that it does, `delete` that it does not.
    public internal(set) var existence: Register
    /// The fields, by name.
    public internal(set) var fields: [Field]
    /// What the changes of the whole record (`replace`, `delete`) had seen.
    ///
    /// It holds for every field, also for those whose changes have not arrived yet.
    public internal(set) var floor: VersionVector
    /// The types of the events that were taken in, sorted, each with its newest reading.
    var kinds: [RecordKind]
    /// The newest reading of a `delete`; zero: none that matters.
    var newestDelete: ClockReading

    /// A record that nobody has heard of.
    public init(subject: Subject) {
        self.subject = subject
        existence = Register()
        fields = []
        floor = VersionVector()
        kinds = []
        newestDelete = ClockReading(0)
    }

    /// The types of the events that were taken in, sorted: they say what kind of record this is.
    ///
    /// Of a record that was deleted, ``compacted(before:)`` forgets the types of its former life.
    public var types: [String] { kinds.map(\.type) }

    /// The same with blanks between them; mostly it is one.
    package var typesText: String { kinds.count == 1 ? kinds[0].type : types.joined(separator: " ") }

    /// The newest version that shows in the record; nil if there is none yet.
    public var version: Version? {
        var newest = existence.newest?.version
        for field in fields {
            guard let version = field.register.newest?.version else { continue }
            newest = newest.map { max($0, version) } ?? version
        }
        return newest ?? existence.context.newest
    }

    /// The register of a field, if anybody has written to it.
    public subscript(field name: String) -> Register? {
        fields.binarySearch(for: name, by: \.name).found.map { fields[$0].register }
    }

    /// The fields that hold more than one content.
    public var conflictedFields: [String] {
        fields.filter(\.register.isInConflict).map(\.name)
    }
}
