import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@testable import LockstepService

@Suite("The offices as they are now", .timeLimit(.minutes(1)))
struct CurrentOfficesTests {
    private static let moment = Timestamp(microseconds: 1)

    private static func with(
        _ body: (CurrentOffices, Configuration, _ names: () async throws -> [String]) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let configuration = Configuration(state: directory)
            let environment = ConfigurationEnvironment(variables: [:], workingDirectory: directory)
            let current = CurrentOffices(configuration, environment: environment)
            try await body(current, configuration) {
                try await current.configuration().offices.map(\.office.text)
            }
        }
    }

    private static func add(_ name: String, _ store: SQLiteSubscriptions, more: String = "") async throws {
        try await store.add(
            try OfficeName(name), settings: #"{"events":["a.#"]\#(more)}"#, by: "ada", at: moment)
    }

    @Test("whatever was changed, here or beside, is in the next answer")
    func changes() async throws {
        try await Self.with { current, configuration, names in
            #expect(try await names().isEmpty)
            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            #expect(try await names().isEmpty)
            for number in 1...20 {
                try await Self.add("office-\(number)", store)
                #expect(try await names().count == number)
            }
            let beside = try SQLiteSubscriptions(path: configuration.hubFile)
            try await beside.pause(OfficePause(office: try OfficeName("office-1"), since: Self.moment, person: "ada"))
            #expect(try await current.configuration().stored.pauses.count == 1)
            try await beside.remove(try OfficeName("office-1"))
            #expect(try await names().count == 19)
        }
    }

    @Test("what was not changed is not read again")
    func reading() async throws {
        try await Self.with { _, configuration, names in
            let secret = configuration.state.appending(path: "secret")
            try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8).write(to: secret)
            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            try await Self.add("made", store, more: #","callback":{"url":"https://a.org/","secretFile":"secret"}"#)
            #expect(try await names() == ["made"])
            // Whoever read the settings again would miss it.
            try FileManager.default.removeItem(at: secret)
            for _ in 1...3 { #expect(try await names() == ["made"]) }
            try await Self.add("other", store)
            #expect(try await names() == ["other"])
        }
    }

    @Test("a file that takes another one's place, and one that is mended, are read anew")
    func files() async throws {
        try await Self.with { current, configuration, names in
            let file = URL(filePath: configuration.hubFile)
            let backup = configuration.state.appending(path: "backup.sqlite")
            let store = try SQLiteSubscriptions(path: backup.path)
            try await Self.add("kept", store)
            try store.close()
            let first = try SQLiteSubscriptions(path: configuration.hubFile)
            try await Self.add("made", first)
            #expect(try await names() == ["made"])
            try first.close()
            #expect(rename(backup.path, file.path) == 0)
            #expect(try await names() == ["kept"])
            let good = try Data(contentsOf: file)
            try Data(repeating: 0x5A, count: good.count).write(to: file)
            let error = await #expect(throws: LockstepError.self) { try await current.configuration() }
            #expect(error?.code == .storeCorrupt)
            try good.write(to: file)
            #expect(try await names() == ["kept"])
            try FileManager.default.removeItem(at: file)
            #expect(try await names().isEmpty)
        }
    }

    @Test("many who ask at once get what is there")
    func together() async throws {
        try await Self.with { current, configuration, _ in
            let store = try SQLiteSubscriptions(path: configuration.hubFile)
            for number in 1...10 {
                try await Self.add("office-\(number)", store)
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 1...20 { group.addTask { try await current.configuration().offices.count } }
                    for try await count in group { #expect(count == number) }
                }
            }
        }
    }
}
