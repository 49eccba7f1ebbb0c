import GRDB
import Lockstep

/// The table `clocks`: per origin the newest version that was given out.
struct ClockTable {
    let db: Database

    func last(of origin: Origin) throws -> ClockReading? {
        let statement = try db.cachedStatement(sql: "SELECT last FROM clocks WHERE origin = ?")
        guard let text = try String.fetchOne(statement, arguments: [origin.text]) else { return nil }
        return try Version(text).reading
    }

    func setLast(of origin: Origin, to reading: ClockReading) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO clocks (origin, last) VALUES (?, ?)
                ON CONFLICT (origin) DO UPDATE SET last = excluded.last
                """
        ).execute(arguments: [origin.text, Version(reading: reading, origin: origin).description])
    }
}
