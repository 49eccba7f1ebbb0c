import FoundationEssentials
import LockstepTesting
import Testing

struct WithTemporaryDirectoryTests {
    @Test func isThereInsideAndGoneAfterwards() async throws {
        let directory = try await withTemporaryDirectory { directory in
            try Data("x".utf8).write(to: directory.appending(path: "file"))
            return directory
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path))
    }

    @Test func isGoneAlsoAfterAnError() async throws {
        var directory: URL?
        await #expect(throws: CancellationError.self) {
            try await withTemporaryDirectory {
                directory = $0
                throw CancellationError()
            }
        }
        let path = try #require(directory).path
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
