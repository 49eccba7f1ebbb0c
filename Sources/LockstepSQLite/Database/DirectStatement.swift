import GRDB
import GRDBSQLite

/// A cached statement of GRDB's that is bound, stepped and read by SQLite's own functions.
///
/// For the statements that run once for every event: there, arguments and rows as values of their own took longer than
/// SQLite itself. To be used on the database's queue, inside one piece of work.
struct DirectStatement {
    private let db: Database
    private let statement: Statement

    private var pointer: SQLiteStatement { statement.sqliteStatement }

    /// Prepares the statement, or takes it from the connection's cache.
    init(_ db: Database, sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
    }

    /// Runs the statement to its first row and lets `read` look at that.
    ///
    /// - Parameter bind: Gives each of the statement's parameters a value.
    /// - Returns: What `read` returns; nil if there is no row.
    /// - Throws: GRDB's `DatabaseError`, or what `read` throws.
    func first<Value>(binding bind: (Bindings) -> Void, _ read: (Columns) throws -> Value) throws -> Value? {
        // A statement that is left open would keep its transaction from ending.
        defer { sqlite3_reset(pointer) }
        bind(Bindings(pointer: pointer))
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return try read(Columns(pointer: pointer))
        case SQLITE_DONE: return nil
        case let code: throw failure(code)
        }
    }

    /// Runs the statement to its end and lets `read` look at each row.
    ///
    /// - Throws: GRDB's `DatabaseError`, or what `read` throws.
    func each(binding bind: (Bindings) -> Void, _ read: (Columns) throws -> Void) throws {
        defer { sqlite3_reset(pointer) }
        bind(Bindings(pointer: pointer))
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: try read(Columns(pointer: pointer))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(db.sqliteConnection))
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
    }

    /// Runs a statement that returns no rows.
    func run(binding bind: (Bindings) -> Void) throws {
        _ = try first(binding: bind) { _ in }
    }

    /// A statement's parameters, numbered from 1.
    struct Bindings {
        fileprivate let pointer: SQLiteStatement

        /// SQLite copies what is bound.
        private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

        func set(_ index: Int32, to text: String?) {
            guard var text else {
                sqlite3_bind_null(pointer, index)
                return
            }
            _ = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(pointer, index, $0.baseAddress, Int32($0.count), Self.copied)
                }
            }
        }

        /// Binds text by its UTF-8.
        func set(_ index: Int32, toText bytes: [UInt8]?) {
            guard let bytes else {
                sqlite3_bind_null(pointer, index)
                return
            }
            _ = bytes.withUnsafeBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(pointer, index, $0.baseAddress, Int32($0.count), Self.copied)
                }
            }
        }

        func set(_ index: Int32, to bytes: [UInt8]) {
            _ = bytes.withUnsafeBytes {
                sqlite3_bind_blob(pointer, index, $0.baseAddress, Int32($0.count), Self.copied)
            }
        }

        func set(_ index: Int32, to number: Int64?) {
            guard let number else {
                sqlite3_bind_null(pointer, index)
                return
            }
            sqlite3_bind_int64(pointer, index, number)
        }

        func set(_ index: Int32, to flag: Bool) {
            sqlite3_bind_int(pointer, index, flag ? 1 : 0)
        }
    }

    /// The columns of a row, numbered from 0.
    struct Columns {
        fileprivate let pointer: SQLiteStatement

        func number(_ index: Int32) -> Int64 {
            sqlite3_column_int64(pointer, index)
        }

        /// A number; nil where the column has none.
        func optionalNumber(_ index: Int32) -> Int64? {
            sqlite3_column_type(pointer, index) == SQLITE_NULL ? nil : sqlite3_column_int64(pointer, index)
        }

        /// A text; nil where the column has none.
        func text(_ index: Int32) -> String? {
            sqlite3_column_type(pointer, index) == SQLITE_NULL
                ? nil : String(decoding: bytes(index), as: UTF8.self)
        }

        func bytes(_ index: Int32) -> [UInt8] {
            let start = sqlite3_column_blob(pointer, index)
            return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index))))
        }
    }
}
