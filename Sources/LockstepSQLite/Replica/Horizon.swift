import GRDB
import Lockstep

/// How far a replica is compacted: older changes are not taken in any more.
///
/// In the table `settings`: readings are 16 hexadecimal digits, so that their texts sort as they do.
struct Horizon {
    let db: Database

    private static let horizon = "horizon"
    private static let newest = "newest_reading"

    /// Where it stands; zero: nothing was compacted yet.
    func reading() throws -> ClockReading { try reading(Self.horizon) ?? ClockReading(0) }

    /// Moves it to where it may stand: so long before the newest change that the office has taken in.
    ///
    /// Not before the wall clock alone: an office that was away for long has older changes in its queue, which it is still
    /// to take in. It never goes back.
    /// - Returns: Where it stands now.
    func advance(keeping age: Duration, at now: Timestamp) throws -> ClockReading {
        let old = try reading()
        guard let newest = try reading(Self.newest) else { return old }
        let milliseconds = min(newest.milliseconds, now.milliseconds) - age.components.seconds * 1000
        guard let next = ClockReading(at: Timestamp(microseconds: milliseconds * 1000)), next > old else { return old }
        try set(Self.horizon, to: next)
        return next
    }

    /// Notes a reading that was taken in, from a clock that is not ahead.
    func note(newest: ClockReading) throws {
        let statement = try DirectStatement(
            db,
            sql: """
                INSERT INTO settings (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > value
                """
        )
        try statement.run {
            $0.set(1, to: Self.newest)
            $0.set(2, to: newest.description)
        }
    }

    private func reading(_ name: String) throws -> ClockReading? {
        let statement = try db.cachedStatement(sql: "SELECT value FROM settings WHERE name = ?")
        guard let text = try String.fetchOne(statement, arguments: [name]) else { return nil }
        guard let bits = UInt64(text, radix: 16) else {
            throw LockstepError(
                .storeCorrupt,
                "the replica's setting '\(name)' cannot be read: move its file away and fill the office anew"
            )
        }
        return ClockReading(bits)
    }

    private func set(_ name: String, to reading: ClockReading) throws {
        try StatisticsTable(db: db).set(name, to: reading.description)
    }
}

extension Acceptance {
    /// The answer to a change that is older than the horizon: whether it was taken in before, nobody knows any more.
    static let tooOld = Acceptance(
        .superseded,
        refusal: "the change is older than what the office still takes in (limits: age); if the office lacks it, "
            + "publish what it says as a new change"
    )
}
