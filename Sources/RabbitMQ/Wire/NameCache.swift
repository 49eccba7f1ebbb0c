/// Names that come again and again, such as exchanges and routing keys: made into strings once.
struct NameCache {
    private struct Entry {
        var bytes: [UInt8] = []
        var name = ""
    }

    private var entries = Array(repeating: Entry(), count: 64)

    /// The text of these bytes; what is not UTF-8 is repaired.
    mutating func name(_ bytes: UnsafeRawBufferPointer) -> String {
        // A string this short is no allocation.
        guard bytes.count > 15 else { return String(decoding: bytes, as: UTF8.self) }
        let place = Self.place(of: bytes)
        let isKnown = entries[place].bytes.withUnsafeBytes { known in
            known.count == bytes.count && known.elementsEqual(bytes)
        }
        if !isKnown { entries[place] = Entry(bytes: [UInt8](bytes), name: String(decoding: bytes, as: UTF8.self)) }
        return entries[place].name
    }

    private static func place(of bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash >> 16 ^ hash) & 63)
    }
}
