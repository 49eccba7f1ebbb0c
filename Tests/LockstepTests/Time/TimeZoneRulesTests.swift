import Lockstep
import Testing

/// Against the machine's own time zone database; the expected moments are those of the laws.
struct TimeZoneRulesTests {
    private static func local(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text + ":00Z"))
    }

    @Test(
        "clocks show a time at one moment",
        arguments: [
            // Winter, summer, and far beyond what the file lists.
            ("America/New_York", "2024-01-15T10:00", "2024-01-15T15:00:00Z"),
            ("America/New_York", "2024-07-15T10:00", "2024-07-15T14:00:00Z"),
            ("America/New_York", "2150-07-15T10:00", "2150-07-15T14:00:00Z"),
            ("America/New_York", "2150-12-15T10:00", "2150-12-15T15:00:00Z"),
            // Spring: 02:00 to 03:00 is never shown.
            ("America/New_York", "2024-03-10T01:59", "2024-03-10T06:59:00Z"),
            ("America/New_York", "2024-03-10T02:30", "2024-03-10T07:30:00Z"),
            ("America/New_York", "2024-03-10T03:00", "2024-03-10T07:00:00Z"),
            ("America/New_York", "2150-03-08T02:30", "2150-03-08T07:30:00Z"),
            // Autumn: 01:00 to 02:00 is shown twice; the first one counts.
            ("America/New_York", "2024-11-03T00:59", "2024-11-03T04:59:00Z"),
            ("America/New_York", "2024-11-03T01:30", "2024-11-03T05:30:00Z"),
            ("America/New_York", "2024-11-03T02:00", "2024-11-03T07:00:00Z"),
            ("America/New_York", "2150-11-01T01:30", "2150-11-01T05:30:00Z"),
            // South of the equator, with half an hour.
            ("Australia/Lord_Howe", "2024-01-15T10:00", "2024-01-14T23:00:00Z"),
            ("Australia/Lord_Howe", "2024-07-15T10:00", "2024-07-14T23:30:00Z"),
            ("Australia/Lord_Howe", "2150-01-15T10:00", "2150-01-14T23:00:00Z"),
            // Winter time is the exception there.
            ("Europe/Dublin", "2024-07-15T10:00", "2024-07-15T09:00:00Z"),
            ("Europe/Dublin", "2150-01-15T10:00", "2150-01-15T10:00:00Z"),
            ("Asia/Kolkata", "2150-01-15T10:00", "2150-01-15T04:30:00Z"),
            // A whole day that never was.
            ("Pacific/Apia", "2011-12-29T10:00", "2011-12-29T20:00:00Z"),
            ("Pacific/Apia", "2011-12-31T10:00", "2011-12-30T20:00:00Z"),
            ("UTC", "2024-07-15T10:00", "2024-07-15T10:00:00Z"),
        ])
    func findsMoment(zone: String, local: String, moment: String) throws {
        #expect(try TimeZoneRules(named: zone).moment(showing: Self.local(local)).rfc3339 == moment)
    }

    @Test(
        "a day lasts as long as its clocks say",
        arguments: [
            ("America/New_York", 2024, 7, 15, "2024-07-15T04:00:00Z", 24),
            ("America/New_York", 2024, 3, 10, "2024-03-10T05:00:00Z", 23),
            ("America/New_York", 2024, 11, 3, "2024-11-03T04:00:00Z", 25),
            // Clocks go forward at midnight: the day begins at one.
            ("America/Santiago", 2024, 9, 8, "2024-09-08T04:00:00Z", 23),
            ("Asia/Beirut", 2024, 3, 31, "2024-03-30T22:00:00Z", 23),
        ])
    func knowsDays(zone: String, year: Int, month: Int, day: Int, start: String, hours: Int) throws {
        let zone = try TimeZoneRules(named: zone)
        let day = try #require(CivilDate(year: year, month: month, day: day))
        #expect(zone.start(of: day).rfc3339 == start)
        #expect((zone.end(of: day).microseconds - zone.start(of: day).microseconds) / 3_600_000_000 == Int64(hours))
    }

    @Test("rules of all forms are read")
    func readsRules() throws {
        let plain = try #require(TimeZoneRules(footer: "<-0330>3:30"))
        #expect(plain.offset(at: 0) == -12_600)
        // 1 March is day 60 of the J form in every year, and day 59 or 60 of the plain one.
        let julian = try #require(TimeZoneRules(footer: "AAA0BBB,J60/0,300/0"))
        #expect(julian.offset(at: try seconds("2024-03-01T00:30:00Z")) == 3600)
        #expect(julian.offset(at: try seconds("2024-02-29T23:30:00Z")) == 0)
        #expect(julian.offset(at: try seconds("2023-03-01T00:30:00Z")) == 3600)
        for bad in ["", "E5", "EST", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,", "<EST5"] {
            #expect(TimeZoneRules(footer: bad) == nil, "\(bad)")
        }
    }

    @Test("what is no file of the database is refused, never read past its end")
    func refusesDamage() throws {
        #expect(throws: LockstepError.self) { try TimeZoneRules(name: "x", file: []) }
        let whole = TZFile.newYork
        #expect(throws: Never.self) { try TimeZoneRules(name: "x", file: whole) }
        for length in stride(from: 0, to: whole.count - 1, by: 1) {
            #expect(throws: LockstepError.self, "\(length) bytes") {
                try TimeZoneRules(name: "x", file: Array(whole.prefix(length)))
            }
        }
    }

    private func seconds(_ text: String) throws -> Int64 {
        try #require(Timestamp(rfc3339: text)).microseconds / 1_000_000
    }
}

/// A small file of the database, made as RFC 9636 says.
private enum TZFile {
    static var newYork: [UInt8] { file(footer: "EST5EDT,M3.2.0,M11.1.0") }

    static func file(footer: String) -> [UInt8] {
        func header(types: UInt8, transitions: UInt8, characters: UInt8) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
                + [0, 0, 0, transitions, 0, 0, 0, types, 0, 0, 0, characters]
        }
        let type: [UInt8] = [0xFF, 0xFF, 0xB9, 0xB0, 0, 0]
        let transition: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x5E, 0x03, 0xF0, 0x90]
        return header(types: 1, transitions: 0, characters: 4) + type + Array("EST\0".utf8)
            + header(types: 1, transitions: 1, characters: 4) + transition + [0] + type + Array("EST\0".utf8)
            + Array("\n\(footer)\n".utf8)
    }
}

extension TimeZoneRules {
    /// A zone that has nothing but a rule for its future.
    fileprivate init?(footer: String) {
        guard !footer.isEmpty, let rules = try? TimeZoneRules(name: "x", file: TZFile.file(footer: footer)) else {
            return nil
        }
        self = rules
    }
}
