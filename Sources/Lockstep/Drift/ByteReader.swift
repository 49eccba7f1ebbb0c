/// Reads the parts of questions and answers about drift; what is short or damaged is refused.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static var unreadable: LockstepError {
        LockstepError(
            .driftIncomplete,
            "a question or an answer about drift is not whole, or of another release; nothing was concluded from it"
        )
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(LockstepError) -> UInt8 {
        guard position < bytes.count else { throw Self.unreadable }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(LockstepError) -> Int {
        var value: UInt = 0
        for shift in stride(from: UInt(0), to: 56, by: 7) {
            let next = try byte()
            value |= UInt(next & 0x7F) << shift
            if next & 0x80 == 0 { return Int(value) }
        }
        throw Self.unreadable
    }

    /// A number of things that follow; each takes a byte at least, so that a damaged number cannot ask for much.
    private mutating func count() throws(LockstepError) -> Int {
        let number = try number()
        guard number <= bytes.count - position else { throw Self.unreadable }
        return number
    }

    mutating func list<Element>(
        _ element: (inout ByteReader) throws(LockstepError) -> Element
    ) throws(LockstepError) -> [Element] {
        var list: [Element] = []
        for _ in 0..<(try count()) { list.append(try element(&self)) }
        return list
    }

    mutating func word() throws(LockstepError) -> UInt64 {
        guard position + 8 <= bytes.count else { throw Self.unreadable }
        defer { position += 8 }
        return bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        }
    }

    private mutating func slice() throws(LockstepError) -> ArraySlice<UInt8> {
        let length = try count()
        defer { position += length }
        return bytes[position..<position + length]
    }

    mutating func string() throws(LockstepError) -> String {
        guard let text = String(validating: try slice(), as: UTF8.self) else { throw Self.unreadable }
        return text
    }

    mutating func place() throws(LockstepError) -> DriftPlace {
        DriftPlace(bits: try word())
    }

    mutating func prefix() throws(LockstepError) -> DriftPrefix {
        let (depth, bits) = (try number(), try word())
        guard depth <= DriftPlace.digits, bits >> UInt64(4 * depth) == 0 else { throw Self.unreadable }
        return DriftPrefix(depth: depth, bits: bits)
    }

    mutating func digest() throws(LockstepError) -> DriftDigest {
        DriftDigest(count: try number(), low: try word(), high: try word())
    }

    mutating func listing() throws(LockstepError) -> DriftListing {
        let whole = try digest()
        let entries = try list { reader throws(LockstepError) in
            DriftListing.Entry(place: try reader.place(), digest: try reader.digest())
        }
        return DriftListing(entries, whole: whole)
    }

    mutating func state() throws(LockstepError) -> RecordState {
        let subject = try Subject(try string())
        let record = try Record(subject: subject, encoded: Array(try slice()))
        let count = try number()
        var routes: [String]?
        if count > 0 {
            var known: [String] = []
            for _ in 1..<count { known.append(try string()) }
            routes = known
        }
        return RecordState(record, routes: routes)
    }
}
