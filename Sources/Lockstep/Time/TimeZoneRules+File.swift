#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension TimeZoneRules {
    /// Where systems keep the time zone database.
    public static let systemDirectory = "/usr/share/zoneinfo"

    /// The rules of a time zone of the machine's time zone database.
    ///
    /// - Parameters:
    ///   - name: Its name there, like `America/New_York`; `UTC` needs no database.
    ///   - directory: Where the database is.
    /// - Throws: ``LockstepError`` with the code `invalidConfiguration`: there is no such file, or it cannot be read.
    public init(named name: String, in directory: String = systemDirectory) throws(LockstepError) {
        if name == "UTC" {
            self = .utc
            return
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_+-".utf8.contains(byte)
                        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
                }
        }
        guard isName, let bytes = Self.contents(of: directory + "/" + name) else {
            throw LockstepError(
                .invalidConfiguration,
                "not a time zone of \(directory); write one like America/New_York or UTC, or install the package tzdata"
            )
        }
        try self.init(name: name, file: bytes)
    }

    /// Reads a file of the time zone database.
    ///
    /// - Parameters:
    ///   - name: What the zone is called.
    ///   - bytes: A TZif file of version 2 or later (RFC 9636).
    /// - Throws: ``LockstepError`` with the code `invalidConfiguration` if it is anything else.
    public init(name: String, file bytes: [UInt8]) throws(LockstepError) {
        guard let rules = Self.read(bytes, name: name) else {
            throw LockstepError(
                .invalidConfiguration,
                "not a time zone that can be read; its file must be TZif of version 2 or later, without leap seconds"
            )
        }
        self = rules
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        // The largest one has a few thousand bytes. A directory opens, but cannot be read.
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 0 && count < bytes.count ? Array(bytes.prefix(count)) : nil
    }

    /// The counts of a header, in their order (RFC 9636, section 3.1).
    private struct Header {
        let version: UInt8
        let counts: [Int]

        var leapSeconds: Int { counts[2] }
        var transitions: Int { counts[3] }
        var types: Int { counts[4] }

        func blockLength(timeLength: Int) -> Int {
            transitions * (timeLength + 1) + types * 6 + counts[5] + leapSeconds * (timeLength + 4) + counts[1]
                + counts[0]
        }

        init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count >= 44, bytes.prefix(4).elementsEqual("TZif".utf8) else { return nil }
            version = bytes[bytes.startIndex + 4]
            counts = (0..<6).map { index in Int(bytes.number(at: 20 + index * 4, length: 4)) }
            guard counts.allSatisfy({ $0 < 1 << 18 }) else { return nil }
        }
    }

    private static func read(_ bytes: [UInt8], name: String) -> TimeZoneRules? {
        guard let old = Header(bytes[...]), old.version >= UInt8(ascii: "2") else { return nil }
        // The first block is for readers that know 32 bits only.
        let rest = bytes.dropFirst(44 + old.blockLength(timeLength: 4))
        guard let header = Header(rest), header.leapSeconds == 0, header.types > 0 else { return nil }
        let block = rest.dropFirst(44)
        let length = header.blockLength(timeLength: 8)
        guard block.count > length else { return nil }

        let typesAt = header.transitions * 9
        let offsets = (0..<header.types).map { type in
            Int(Int32(truncatingIfNeeded: block.number(at: typesAt + type * 6, length: 4)))
        }
        guard offsets.allSatisfy({ abs($0) < 86_400 }) else { return nil }
        var transitions: [Transition] = []
        for index in 0..<header.transitions {
            let type = Int(block.number(at: header.transitions * 8 + index, length: 1))
            let moment = Int64(bitPattern: block.number(at: index * 8, length: 8))
            guard type < offsets.count, transitions.last.map({ $0.moment < moment }) ?? true else { return nil }
            transitions.append(Transition(moment: moment, offset: offsets[type]))
        }

        let footer = block.dropFirst(length)
        guard footer.first == UInt8(ascii: "\n"), let end = footer.dropFirst().firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let text = String(decoding: footer[(footer.startIndex + 1)..<end], as: UTF8.self)
        let future = text.isEmpty ? nil : DaylightRule(text)
        guard text.isEmpty || future != nil else { return nil }
        return TimeZoneRules(name: name, firstOffset: offsets[0], transitions: transitions, future: future)
    }
}

extension ArraySlice<UInt8> {
    /// A number, most significant byte first.
    fileprivate func number(at offset: Int, length: Int) -> UInt64 {
        self[(startIndex + offset)..<(startIndex + offset + length)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
