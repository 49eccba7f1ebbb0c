/// Which change of a record this is: a hybrid logical clock reading and who made it.
///
/// The pair is the change's *dot*: no two changes have the same one. Versions of one origin only grow.
/// The order between origins is by reading, then by the origin's name; it says nothing about cause, only who wins a tie.
public struct Version: Sendable, Hashable, Comparable {
    /// The clock reading.
    public let reading: ClockReading
    /// Who made the change.
    public let origin: Origin

    /// A version.
    public init(reading: ClockReading, origin: Origin) {
        self.reading = reading
        self.origin = origin
    }

    /// Reads 16 hexadecimal digits, `-`, and the origin, like `0190c5a2b3c40000-core`.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidVersion`.
    public init(_ text: String) throws(LockstepError) {
        // By bytes: digits and dash are ASCII, and each event and each stored record is read this way.
        let rest = text.utf8.dropFirst(16)
        guard let reading = Hexadecimal.value(Substring(text.utf8.prefix(16))), rest.first == UInt8(ascii: "-"),
            let name = String(rest.dropFirst()), let origin = try? Origin(name)
        else {
            throw LockstepError(
                .invalidVersion,
                "not a version; it needs 16 hexadecimal digits, '-' and the origin, like '0190c5a2b3c40000-core'"
            )
        }
        self.init(reading: ClockReading(reading), origin: origin)
    }

    public static func < (left: Version, right: Version) -> Bool {
        left.reading != right.reading ? left.reading < right.reading : left.origin < right.origin
    }
}

extension Version: CustomStringConvertible {
    public var description: String {
        // In one piece: it is written for each record that a batch changes, and in each report.
        var name = origin.text
        return name.withUTF8 { name in
            String(unsafeUninitializedCapacity: Hexadecimal.digits + 1 + name.count) { buffer in
                Hexadecimal.write(reading.bits, into: buffer)
                buffer[Hexadecimal.digits] = UInt8(ascii: "-")
                _ = UnsafeMutableBufferPointer(rebasing: buffer[(Hexadecimal.digits + 1)...]).initialize(from: name)
                return Hexadecimal.digits + 1 + name.count
            }
        }
    }
}
