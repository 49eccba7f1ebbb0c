import Lockstep
import LockstepTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import LockstepService

@Suite("Work that can be paused", .timeLimit(.minutes(1)))
struct PausableWorkTests {
    /// Work that runs until it is asked to end, and what became of it.
    private final class Work: Sendable {
        struct Failed: Error {}

        private let state = Mutex((begun: 0, ended: 0, wasCancelled: false, shown: [String?]()))

        var begun: Int { state.withLock { $0.begun } }
        var ended: Int { state.withLock { $0.ended } }
        var wasCancelled: Bool { state.withLock { $0.wasCancelled } }
        var shown: [String?] { state.withLock { $0.shown } }

        func show(_ reason: String?) { state.withLock { $0.shown.append(reason) } }

        func run() async throws {
            state.withLock { $0.begun += 1 }
            try? await gracefulShutdown()
            state.withLock { state in
                state.ended += 1
                state.wasCancelled = state.wasCancelled || Task.isCancelled
            }
        }
    }

    private struct Body: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws { try await body() }
    }

    /// Runs work in a group of its own beside the closure, then asks the group to end.
    private static func withWork(
        _ body: (_ work: Work, _ say: AsyncStream<String?>.Continuation) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (stream, say) = AsyncStream.makeStream(of: String?.self)
        let work = Work()
        let pausable = PausableWork(pauses: { stream }, shows: { work.show($0) }, logger: quiet)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: Body { try await pausable.run { try await work.run() } },
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: quiet))
        async let ended: Void = group.run()
        do {
            try await body(work, say)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await ended
    }

    @Test("it begins when it is said that nothing pauses it, and ends with the service")
    func begins() async throws {
        try await Self.withWork { work, say in
            try #require(work.begun == 0)
            say.yield(nil)
            try await eventually("it works") { work.begun == 1 }
            try #require(work.ended == 0)
        }
    }

    @Test("a pause ends it in good order, and it begins anew after it")
    func pauses() async throws {
        try await Self.withWork { work, say in
            say.yield(nil)
            try await eventually("it works") { work.begun == 1 }
            say.yield("the office moves house")
            try await eventually("it stands") { work.ended == 1 && work.shown.last == "the office moves house" }
            #expect(!work.wasCancelled)
            #expect(work.begun == 1)
            say.yield(nil)
            try await eventually("it works again") { work.begun == 2 }
            #expect(work.shown == ["the office moves house", nil])
        }
    }

    @Test("what is paused when it begins does not begin; a pause that is lifted at once loses nothing")
    func beginsPaused() async throws {
        try await Self.withWork { work, say in
            say.yield("closed")
            try await eventually("it stands") { work.shown == ["closed"] }
            #expect(work.begun == 0)
            for _ in 1...20 {
                say.yield(nil)
                say.yield("closed")
            }
            say.yield(nil)
            try await eventually("it works") { work.begun == work.ended + 1 && work.shown.last == .some(nil) }
        }
    }

    @Test("what pauses it may be silent for good: what it said last holds")
    func silence() async throws {
        try await Self.withWork { work, say in
            say.yield(nil)
            say.finish()
            try await eventually("it works") { work.begun == 1 }
            #expect(work.ended == 0)
        }
    }

    @Test("work that fails ends all, with its error")
    func failing() async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (stream, say) = AsyncStream.makeStream(of: String?.self)
        say.yield(nil)
        let work = PausableWork(pauses: { stream }, shows: { _ in }, logger: quiet)
        await #expect(throws: Work.Failed.self) { try await work.run { throw Work.Failed() } }
    }
}
