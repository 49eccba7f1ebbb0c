/// Reads the parts of a record's canonical serialization.
struct RecordReader {
    /// The layout that the record was written in.
    let format: UInt8
    private let bytes: [UInt8]
    private var position = 1
    private var origins: [Origin] = []

    init(_ bytes: [UInt8]) throws(LockstepError) {
        self.bytes = bytes
        format = bytes.first ?? 0
        guard format > 0 else { throw damaged }
        guard format <= RecordWriter.format else {
            throw LockstepError(
                .storeTooNew,
                "a stored record has the format \(format), which a newer release wrote; run that release or a later one"
            )
        }
        for _ in 0..<(try count()) {
            let text = try string()
            do { origins.append(try Origin(text)) } catch { throw damaged }
        }
    }

    var isAtEnd: Bool { position == bytes.count }

    var damaged: LockstepError {
        LockstepError(
            .storeCorrupt,
            "a stored record cannot be read; the replica is damaged: move its file away and fill the office anew"
        )
    }

    /// A number of things that follow; each takes a byte at least, so that a damaged number cannot ask for much.
    mutating func count() throws(LockstepError) -> Int {
        let number = try number()
        guard number <= bytes.count - position else { throw damaged }
        return number
    }

    mutating func string() throws(LockstepError) -> String {
        let length = try count()
        defer { position += length }
        return text(position..<position + length)
    }

    private func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    mutating func vector() throws(LockstepError) -> VersionVector {
        var vector = VersionVector()
        for _ in 0..<(try count()) { vector.insert(try version()) }
        return vector
    }

    mutating func register() throws(LockstepError) -> Register {
        let count = try count()
        if count == 1 {
            let value = try value()
            return try number() == 0 ? Register(value) : Register(values: [value], context: try vector())
        }
        var values: [Register.Value] = []
        for _ in 0..<count { values.append(try value()) }
        let context = try number() == 0 ? VersionVector(values.map(\.version)) : try vector()
        return Register(values: values, context: context)
    }

    private mutating func value() throws(LockstepError) -> Register.Value {
        let version = try version()
        let length = try number()
        guard length <= bytes.count - position + 1 else { throw damaged }
        guard length > 0 else { return Register.Value(version: version, content: nil) }
        let end = position + length - 1
        defer { position = end }
        return Register.Value(version: version, content: JSONText(canonical: text(position..<end)))
    }

    private mutating func version() throws(LockstepError) -> Version {
        let index = try number()
        guard index < origins.count else { throw damaged }
        return Version(reading: try reading(), origin: origins[index])
    }

    mutating func reading() throws(LockstepError) -> ClockReading {
        guard position + 8 <= bytes.count else { throw damaged }
        let bits = bytes.withUnsafeBytes {
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        }
        position += 8
        return ClockReading(bits)
    }

    private mutating func number() throws(LockstepError) -> Int {
        var value: UInt = 0
        var shift: UInt = 0
        while position < bytes.count, shift < 56 {
            let byte = bytes[position]
            position += 1
            value |= UInt(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(value) }
            shift += 7
        }
        throw damaged
    }
}
