import GRDB
public import Lockstep

/// That an office is paused, or not any more, for its workers wherever they are.
public struct PauseWord: Sendable, Hashable {
    /// Whose.
    public var office: OfficeName
    /// Its pause; nil: it is not paused.
    public var pause: OfficePause?
    /// Which change of the store it comes from.
    let number: Int64
}

extension SQLiteSubscriptions {
    /// What is to be told to offices' workers and was not yet; of each office how it stands now.
    public func untold() async throws(LockstepError) -> [PauseWord] {
        try await database.read { db in
            let pauses = try StoredSubscriptions(db).pauses
            return try Row.fetchAll(db, sql: "SELECT office, number FROM untold ORDER BY office").map { row in
                let office = try OfficeName(row[0] as String)
                return PauseWord(office: office, pause: pauses.first { $0.office == office }, number: row[1])
            }
        }
    }

    /// Has an office's word told again, as when the broker has lost it.
    public func tellAgain(_ office: OfficeName) async throws(LockstepError) {
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO untold (office, number) VALUES (?, (SELECT ifnull(max(number), 0) + 1 FROM untold))
                    ON CONFLICT (office) DO UPDATE SET number = excluded.number
                    """, arguments: [office.text])
        }
    }

    /// Notes that a word was told; where the office was paused or resumed meanwhile, it is still to be told.
    public func markTold(_ word: PauseWord) async throws(LockstepError) {
        try await database.write { db in
            try db.execute(
                sql: "DELETE FROM untold WHERE office = ? AND number = ?", arguments: [word.office.text, word.number])
        }
    }
}
