/// Writes dates and times, digit by digit: each event has one.
struct DigitWriter {
    private var bytes: [UInt8] = []

    /// A writer with room for a moment with microseconds.
    init() { bytes.reserveCapacity(27) }

    /// What was written.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ mark: Unicode.Scalar) { bytes.append(UInt8(ascii: mark)) }

    /// Appends a number with so many digits, of zeros before it where it has fewer.
    mutating func append(_ number: Int, digits: Int) {
        guard number >= 0, number < Self.powers[digits] else {
            // A year that nobody lives in.
            return bytes.append(contentsOf: String(number).utf8)
        }
        for place in (0..<digits).reversed() {
            bytes.append(UInt8(ascii: "0") + UInt8(number / Self.powers[place] % 10))
        }
    }

    private static let powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
}
