/// Damages bytes as a bad line, or somebody with bad intentions, might; pure.
public enum ByteMutator {
    /// Values at which lengths and numbers turn over.
    private static let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xCE, 0xFE, 0xFF]

    /// Returns the bytes with one to four pieces of damage: bits flipped, bytes replaced, put in, left out, or repeated,
    /// or the end cut off.
    public static func mutate(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            damage(&bytes, using: &generator)
        }
        return bytes
    }

    private static func damage(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let place = Int.random(in: bytes.indices, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 3..<5: bytes[place] = edges.randomElement(using: &generator) ?? 0
        case 5: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 6: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 7: bytes.removeSubrange(place..<end)
        case 8: bytes.insert(contentsOf: bytes[place..<end], at: place)
        default: bytes.removeSubrange(place...)
        }
    }
}
