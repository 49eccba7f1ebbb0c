import GRDB

extension DatabaseMigrator {
    /// The tables of a replica, in the order in which releases added to them.
    static var replica: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerReplica1()
        migrator.registerReplica2()
        migrator.registerReplica3()
        migrator.registerReplica4()
        migrator.registerReplica5()
        migrator.registerReplica6()
        migrator.registerReplica7()
        return migrator
    }

    /// The tables of a clock.
    static var clock: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerClock1()
        return migrator
    }

    /// The tables of a ledger.
    static var ledger: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerLedger1()
        migrator.registerLedger2()
        migrator.registerLedger3()
        migrator.registerLedger4()
        return migrator
    }

    /// The tables of an audit.
    static var audit: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerAudit1()
        migrator.registerAuditOriginals()
        migrator.registerAudit2()
        migrator.registerAudit3()
        return migrator
    }

    /// The tables of the hub's store.
    static var hub: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerHub1()
        migrator.registerHub2()
        migrator.registerHub3()
        migrator.registerHub4()
        return migrator
    }

    /// What of the hub's store its readers need: they must not wait for somebody who may add the rest.
    static var hubToRead: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerHub1()
        return migrator
    }

    /// The tables of the hub's tokens.
    static var access: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerAccess1()
        return migrator
    }

    /// The table of a hub's intake.
    static var intake: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerIntake1()
        return migrator
    }
}
