/// A JSON object seen from its top level: names, each with its value as canonical text.
///
/// Lockstep looks no deeper than the top level, so nothing below it is taken apart. Names are unique and stand in the
/// order of their UTF-8 bytes: two objects with the same content have the same ``text``.
public struct JSONObject: Sendable, Hashable {
    /// One member of the object.
    public struct Field: Sendable, Hashable {
        /// The member's name, without quotes and escapes.
        public let name: String
        /// The member's value.
        public let value: JSONText

        public static func == (left: Field, right: Field) -> Bool {
            ByteOrder.equal(left.name, right.name) && left.value == right.value
        }
    }

    /// The members, by name.
    public private(set) var fields: [Field]

    /// An object without members.
    public init() {
        fields = []
    }

    /// An object of these members; of members with the same name the last one counts.
    public init(_ members: some Sequence<(String, JSONText)>) {
        self.init()
        for (name, value) in members { self[name] = value }
    }

    /// Reads a JSON object from UTF-8 bytes (RFC 8259, restricted as in RFC 7493).
    ///
    /// - Throws: ``LockstepError`` with the code `invalidJSON`: empty, not an object, not UTF-8, a name twice, nested
    ///   deeper than 128 levels, a number out of range, or anything that the grammar forbids.
    public init(parsing bytes: [UInt8]) throws(LockstepError) {
        guard !bytes.isEmpty else { throw LockstepError(.invalidJSON, "the data is empty; a JSON object is needed") }
        var fields: [Field] = []
        try JSONReader.read(bytes) { reader throws(LockstepError) in
            guard reader.current == UInt8(ascii: "{") else { throw reader.error("the data must be a JSON object") }
            var value: [UInt8] = []
            fields.reserveCapacity(8)
            try reader.readMembers(depth: 0) { reader, name, depth throws(LockstepError) in
                value.removeAll(keepingCapacity: true)
                try reader.appendValue(to: &value, depth: depth)
                let text = JSONText(canonical: String(decoding: value, as: UTF8.self))
                fields.append(Field(name: JSONText.content(ofCanonicalString: name), value: text))
            }
        }
        // What a publisher of Lockstep's has written is in order.
        if !Self.isStrictlySorted(fields) {
            fields.sort { ByteOrder.precedes($0.name, $1.name) }
            guard Self.isStrictlySorted(fields) else {
                throw LockstepError(.invalidJSON, "not valid JSON: the object names a member twice")
            }
        }
        self.fields = fields
    }

    /// Reads a JSON object from text.
    public init(parsing text: String) throws(LockstepError) {
        try self.init(parsing: Array(text.utf8))
    }

    private static func isStrictlySorted(_ fields: [Field]) -> Bool {
        fields.indices.dropFirst().allSatisfy { ByteOrder.precedes(fields[$0 - 1].name, fields[$0].name) }
    }

    /// Makes an object of fields that are already unique and sorted.
    init(sorted fields: [Field]) {
        self.fields = fields
    }

    /// The value of a member; setting nil removes the member (to *set* JSON's null, use `.null`).
    public subscript(name: String) -> JSONText? {
        get { fields.binarySearch(for: name, by: \.name).found.map { fields[$0].value } }
        set {
            switch (fields.binarySearch(for: name, by: \.name), newValue) {
            case (.found(let index), let value?): fields[index] = Field(name: name, value: value)
            case (.found(let index), nil): fields.remove(at: index)
            case (.missing(let index), let value?): fields.insert(Field(name: name, value: value), at: index)
            case (.missing, nil): break
            }
        }
    }

    /// The canonical serialization: sorted names, no blanks.
    public var text: String { String(decoding: utf8, as: UTF8.self) }

    /// The canonical serialization's UTF-8.
    public var utf8: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(fields.reduce(2) { $0 + $1.name.utf8.count + $1.value.text.utf8.count + 4 })
        output.append(UInt8(ascii: "{"))
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONWriter.appendString(field.name, to: &output)
            output.append(UInt8(ascii: ":"))
            output.append(contentsOf: field.value.text.utf8)
        }
        output.append(UInt8(ascii: "}"))
        return output
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONText)...) { self.init(elements) }
}
