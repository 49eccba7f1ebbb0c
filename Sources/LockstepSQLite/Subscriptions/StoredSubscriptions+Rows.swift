import GRDB
import Lockstep

extension StoredSubscriptions {
    /// All that a file holds.
    init(_ db: Database) throws {
        self.init(
            subscriptions: try Row.fetchAll(
                db,
                sql: """
                    SELECT office, settings, revision, created, changed, person, leaving FROM subscriptions
                    ORDER BY office
                    """
            ).map(StoredSubscription.init),
            pauses: try Row.fetchAll(db, sql: "SELECT office, since, person, reason, cause FROM pauses ORDER BY office")
                .map(OfficePause.init)
        )
    }
}

extension StoredSubscription {
    fileprivate init(_ row: Row) throws {
        self.init(
            office: try OfficeName(row[0] as String), settings: row[1], revision: row[2],
            created: Timestamp(microseconds: row[3]), changed: Timestamp(microseconds: row[4]), person: row[5],
            isLeaving: row[6])
    }
}

extension OfficePause {
    fileprivate init(_ row: Row) throws {
        self.init(
            office: try OfficeName(row[0] as String), since: Timestamp(microseconds: row[1]), person: row[2],
            reason: row[3], cause: Cause(row[4] as String) ?? .operator)
    }
}
