import GRDB
import Lockstep
import Testing

@testable import LockstepSQLite

struct SQLiteErrorTests {
    @Test(arguments: [
        (ResultCode.SQLITE_BUSY, LockstepError.Code.storeUnavailable),
        (.SQLITE_BUSY_SNAPSHOT, .storeUnavailable),
        (.SQLITE_LOCKED, .storeUnavailable),
        (.SQLITE_CANTOPEN, .storeUnavailable),
        (.SQLITE_READONLY, .storeUnavailable),
        (.SQLITE_READONLY_DBMOVED, .storeUnavailable),
        (.SQLITE_FULL, .storeFull),
        (.SQLITE_IOERR_SHMSIZE, .storeFull),
        (.SQLITE_IOERR, .storeFailed),
        (.SQLITE_IOERR_FSYNC, .storeFailed),
        (.SQLITE_CORRUPT, .storeCorrupt),
        (.SQLITE_CORRUPT_VTAB, .storeCorrupt),
        (.SQLITE_NOTADB, .storeCorrupt),
    ])
    func meansWhatTheOfficeCanDo(_ code: ResultCode, _ expected: LockstepError.Code) {
        let error = LockstepError(.replica, at: "ward-1.sqlite", DatabaseError(resultCode: code))
        #expect(error.code == expected)
        #expect(error.message.contains("'ward-1.sqlite'"))
    }

    @Test func tellsNothingOfWhatWasToBeStored() {
        let failure = DatabaseError(
            resultCode: .SQLITE_FULL, message: "full", sql: "INSERT INTO records VALUES (?)", arguments: ["a secret"]
        )
        let error = LockstepError(.replica, at: "ward-1.sqlite", failure)
        #expect(!"\(error) \(String(describing: error.underlying))".contains("secret"))
        #expect(!String(reflecting: error).contains("secret"))
    }

    @Test(.timeLimit(.minutes(1)))
    func nothingIsTriedOnAFileThatFailed() async throws {
        let queue = try DatabaseQueue()
        let database = StoreDatabase(path: "ward-1.sqlite", kind: .replica, queue: queue)
        for code in [ResultCode.SQLITE_FULL, .SQLITE_IOERR_FSYNC] {
            await #expect(throws: LockstepError.self) {
                try await database.write { _ in throw DatabaseError(resultCode: code) }
            }
            let later = await Result { try await database.write { _ in true } }
            #expect((try? later.get()) == (code == .SQLITE_FULL ? true : nil))
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
