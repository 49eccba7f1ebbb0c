import Testing

@testable import RabbitMQ

struct PublishWindowTests {
    @Test
    func isFullByMessages() {
        var window = PublishWindow(limits: .init(messages: 2, bytes: 1_000))
        window.add(1)
        #expect(window.admits(1))
        window.add(1)
        #expect(!window.admits(1))
        window.remove(1)
        #expect(window.admits(1))
    }

    @Test
    func isFullByBytes() {
        var window = PublishWindow(limits: .init(messages: 100, bytes: 1_000))
        window.add(600)
        #expect(window.admits(400))
        #expect(!window.admits(401))
    }

    @Test
    func anythingFitsIntoAnEmptyWindow() {
        var window = PublishWindow(limits: .init(messages: 1, bytes: 10))
        #expect(window.admits(1_000_000), "or a large message would wait for ever")
        window.add(1_000_000)
        #expect(!window.admits(1))
    }
}
