import GRDB
import GRDBSQLite

extension Database {
    /// A number that is another one after each commit to the file, of this connection as of any other.
    ///
    /// Commits of others count once a transaction of this connection has begun after them. (`SQLITE_FCNTL_DATA_VERSION`;
    /// `PRAGMA data_version` leaves this connection's own out.)
    var dataVersion: UInt32 {
        get throws {
            var version: UInt32 = 0
            let code = sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_DATA_VERSION, &version)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            return version
        }
    }
}
