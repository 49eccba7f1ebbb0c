import GRDB

extension DatabaseMigrator {
    /// What an action was in particular; never to be edited once released.
    mutating func registerAudit2() {
        registerMigration("audit 2") { db in
            // 'office' names whatever was acted on, since tokens came.
            try db.execute(sql: "ALTER TABLE actions ADD COLUMN detail TEXT")
        }
    }
}
