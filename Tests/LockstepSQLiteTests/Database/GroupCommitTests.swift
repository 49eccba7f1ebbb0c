import Lockstep
import LockstepTesting
import Synchronization
import Testing

@testable import LockstepSQLite

/// Who writes at the same time shares a transaction.
@Suite("A group's commit", .timeLimit(.minutes(1)))
struct GroupCommitTests {
    /// Writes when it is let, and notes what was written together.
    private final class Writer: Sendable {
        let groups = Mutex<[[Int]]>([])
        let gate: AsyncStream<Void>
        let opened: AsyncStream<Void>.Continuation
        private let problem: @Sendable ([Int]) -> (any Error)?

        init(problem: @escaping @Sendable ([Int]) -> (any Error)? = { _ in nil }) {
            (gate, opened) = AsyncStream.makeStream()
            self.problem = problem
        }

        func write(_ items: [Int]) async throws -> [String] {
            groups.withLock { $0.append(items) }
            for await _ in gate { break }
            if let problem = problem(items) { throw problem }
            return items.map(String.init)
        }
    }

    /// One item is being written, and these wait for it; then all are let go.
    private static func together(_ items: Range<Int>, most: Int = 64, _ writer: Writer) async throws -> [Int: String] {
        let group = GroupCommit(most: most) { try await writer.write($0) }
        return try await withThrowingTaskGroup(of: (Int, String)?.self) { tasks in
            tasks.addTask { (-1, try await group(-1)) }
            try await eventually("the first is being written") { writer.groups.withLock { $0.count } == 1 }
            for item in items { tasks.addTask { (try? await group(item)).map { (item, $0) } } }
            try await eventually("all others wait") { await group.waiting == items.count }
            writer.opened.finish()
            var answers: [Int: String] = [:]
            for try await answer in tasks { if let answer { answers[answer.0] = answer.1 } }
            return answers
        }
    }

    @Test func whoeverComesMeanwhileIsWrittenTogether() async throws {
        let writer = Writer()
        let answers = try await Self.together(0..<10, writer)
        #expect(answers == Dictionary(uniqueKeysWithValues: (-1..<10).map { ($0, String($0)) }))
        #expect(writer.groups.withLock { $0.map { $0.sorted() } } == [[-1], Array(0..<10)])
    }

    @Test func noMoreThanTheMostAreWrittenTogether() async throws {
        let writer = Writer()
        _ = try await Self.together(0..<10, most: 4, writer)
        #expect(writer.groups.withLock { $0.map(\.count) } == [1, 4, 4, 2])
    }

    @Test func whatOneIsToBlameForIsNoOthersConcern() async throws {
        let writer = Writer { $0.contains(3) ? LockstepError(.invalidEvent, "it is three") : nil }
        let answers = try await Self.together(0..<5, writer)
        #expect(Set(answers.keys) == [-1, 0, 1, 2, 4])
        #expect(writer.groups.withLock { $0.map(\.count) } == [1, 5, 1, 1, 1, 1, 1])
    }

    @Test func whatIsSoForAllIsNotTriedForEach() async throws {
        let writer = Writer { $0.contains(3) ? LockstepError(.storeFull, "the disk is full") : nil }
        let answers = try await Self.together(0..<5, writer)
        #expect(Set(answers.keys) == [-1])
        #expect(writer.groups.withLock { $0.map(\.count) } == [1, 5])
    }
}
