import Lockstep
import LockstepTesting
import PrivatePostgres
import Testing

@testable import LockstepPostgres

@Suite(.timeLimit(.minutes(2)))
struct PostgresConnectionTests {
    private func withConnection(
        _ adapt: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresConnection, PrivatePostgres) async throws -> Void
    ) async throws {
        let server = try await SharedPostgres.server()
        var configuration = PostgresConfiguration(server.connectionString)
        adapt(&configuration)
        let connection = PostgresConnection(configuration, purpose: "test", logger: quiet)
        try await body(connection, server)
        await connection.close()
    }

    @Test func returnsRowsAndTakesParameters() async throws {
        try await withConnection { connection, _ in
            let rows = try await connection.query(
                "SELECT $1::text, $2::bigint + 1, NULL, $3::text FROM generate_series(1, 2)", ["ä'\"\\", "41", ""])
            #expect(rows.count == 2)
            #expect(rows[1, 0] == "ä'\"\\" && rows.integer(1, 1) == 42 && rows[1, 2] == nil && rows[1, 3] == "")
        }
    }

    @Test func carriesWhatIsLargerThanTheSocketsBuffer() async throws {
        try await withConnection { connection, _ in
            let large = String(repeating: "x", count: 20_000_000)
            let rows = try await connection.query("SELECT length($1::text), $1::text", [large])
            #expect(rows.integer(0, 0) == 20_000_000 && rows[0, 1]?.utf8.count == 20_000_000)
        }
    }

    @Test func writesArraysAsTheServerReadsThem() async throws {
        try await withConnection { connection, _ in
            let texts = ["a", "", "NULL", nil, "{\",\\}", "ä b"]
            let rows = try await connection.query(
                "SELECT value FROM unnest($1::text[]) WITH ORDINALITY AS t (value, n) ORDER BY n",
                [PostgresArray.of(texts)])
            #expect((0..<rows.count).map { rows[$0, 0] } == texts)
            #expect(PostgresArray.of([Int64]()) == "{}" && PostgresArray.of([Int32(1), -2]) == "{1,-2}")
        }
    }

    @Test func manyCallersAreServedOneAfterTheOther() async throws {
        try await withConnection { connection, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<50 {
                    group.addTask { try await connection.query("SELECT \(number)").integer(0, 0) == Int64(number) }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func aStatementThatTakesTooLongIsEndedByTheServer() async throws {
        try await withConnection {
            $0.statementTimeout = .milliseconds(100)
        } _: { connection, _ in
            let error = await #expect(throws: LockstepError.self) {
                _ = try await connection.query("SELECT pg_sleep(60)")
            }
            #expect(error?.code == .storeUnavailable)
            #expect(error?.message.contains("time-out") == true)
            let rows = try await connection.query("SELECT 1")
            #expect(rows.count == 1)
        }
    }

    @Test func aSessionThatEndedIsReplacedUnlessItWasTheOneMeant() async throws {
        try await withConnection { connection, server in
            let session = try await connection.session()
            let process = try #require(try await connection.query("SELECT pg_backend_pid()").integer(0, 0))
            _ = try await server.psql("SELECT pg_terminate_backend(\(process))")
            try await eventually("its end has arrived") {
                do {
                    _ = try await connection.query("SELECT 1", in: session)
                    return false
                } catch {
                    return true
                }
            }
            #expect(try await connection.query("SELECT 1").count == 1)
            #expect(try await connection.session() != session)
            await #expect(throws: LockstepError.self) { _ = try await connection.query("SELECT 1", in: session) }
        }
    }

    @Test func saysWhyItIsNotConnected() async throws {
        func error(_ text: String) async -> LockstepError? {
            await #expect(throws: LockstepError.self) {
                _ = try await PostgresConnection(PostgresConfiguration(text), purpose: "test", logger: quiet).session()
            }
        }
        let server = try await SharedPostgres.server()
        let absent = await error("host=/nowhere/at-all user=postgres password=secret-word")
        #expect(absent?.code == .storeUnavailable)
        #expect(absent?.message.contains("/nowhere/at-all") == true && absent?.message.contains("secret") == false)
        let unknown = await error(server.connectionString(database: "no_such_database"))
        #expect(unknown?.code == .invalidConfiguration)
        let broken = await error("postgresql://core:secret-word@[::1/permits")
        #expect(broken?.code == .invalidConfiguration && broken?.message.contains("secret") == false)
        let alsoBroken = await error("host=x secret-word")
        #expect(alsoBroken?.code == .invalidConfiguration && alsoBroken?.message.contains("secret") == false)
    }

    @Test func printsNoPassword() {
        var text = ""
        dump(PostgresConfiguration("postgresql://core:secret-word@db/permits"), to: &text)
        #expect(!text.contains("secret-word"))
        #expect(!"\(PostgresConfiguration("postgresql://core:secret-word@db/permits"))".contains("secret-word"))
    }

    @Test(arguments: [
        ("53100", LockstepError.Code.storeFull), ("57P01", .storeUnavailable), ("40P01", .storeUnavailable),
        ("XX001", .storeCorrupt), ("42P01", .notFound), ("28P01", .invalidConfiguration), ("58030", .storeFailed),
        ("LS003", .eventTooLarge), ("", .storeUnavailable), ("25006", .storeUnavailable), ("22P02", .invalidJSON),
    ])
    func namesTheKindOfFailure(state: String, code: LockstepError.Code) {
        #expect(LockstepError(sqlState: state, message: "words").code == code)
    }
}
