import CPostgres
import Lockstep

/// The one owner of a libpq result.
struct PostgresResult: ~Copyable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }

    /// The rows, which own the result from now on.
    ///
    /// - Throws: What the server said instead.
    consuming func rows() throws(LockstepError) -> PostgresRows {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
        default:
            let error = LockstepError(
                sqlState: field(Diagnostic.sqlState) ?? "", message: field(Diagnostic.primaryMessage) ?? "")
            _ = consume self
            throw error
        }
        let rows = PostgresRows(owning: result)
        discard self
        return rows
    }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }
}

/// What `PQresultErrorField` is asked for: macros over characters in `postgres_ext.h`, which Swift does not import.
private enum Diagnostic {
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let primaryMessage = Int32(UInt8(ascii: "M"))
}
