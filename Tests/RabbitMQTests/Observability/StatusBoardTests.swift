import Foundation
import Testing

@testable import RabbitMQ

@Suite("What a client says of itself", .timeLimit(.minutes(1)))
struct StatusBoardTests {
    /// A cancellation and a change that meet must not wait for each other: the thread of a connection would stand still.
    @Test("whoever stops listening in the midst of a change holds nobody up")
    func leaving() async throws {
        let board = StatusBoard(client: "test")
        let isOver = Flag()
        Thread.detachNewThread {
            while !isOver.isSet { board.update(.publishing) { $0.connects += 1 } }
        }
        defer { isOver.set() }
        for _ in 0..<2_000 {
            let (heard, hears) = AsyncStream.makeStream(of: Void.self)
            let listener = Task {
                for await _ in board.updates() { hears.yield() }
            }
            _ = await heard.first { true }
            listener.cancel()
            await listener.value
        }
    }
}

struct AudienceTests {
    @Test("whoever leaves listens no more, and nobody gets the number of another one")
    func leaving() {
        let audience = Audience<String>()
        let first = audience.join("first")
        let second = audience.join("second")
        audience.leave(first)
        audience.leave(first)
        #expect(audience.listeners == ["second"])
        #expect(Set([first, second, audience.join("third")]).count == 3)
        #expect(Set(audience.listeners) == ["second", "third"])
    }
}
