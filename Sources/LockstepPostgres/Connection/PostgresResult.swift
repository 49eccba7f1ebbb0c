import CPostgres
import Lockstep

/// The one owner of a libpq result.
struct PostgresResult: ~Copyable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }

    /// The rows, copied out.
    ///
    /// - Throws: What the server said instead.
    func rows() throws(LockstepError) -> PostgresRows {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
        default:
            throw LockstepError(
                sqlState: field(Diagnostic.sqlState) ?? "", message: field(Diagnostic.primaryMessage) ?? "")
        }
        let (count, columns) = (PQntuples(result), PQnfields(result))
        var cells: [String?] = []
        cells.reserveCapacity(Int(count * columns))
        for row in 0..<count {
            for column in 0..<columns {
                guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
                    cells.append(nil)
                    continue
                }
                let length = Int(PQgetlength(result, row, column))
                let bytes = UnsafeRawBufferPointer(start: start, count: length)
                cells.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        let changed = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        return PostgresRows(count: Int(count), changed: changed, columns: Int(columns), cells: cells)
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
