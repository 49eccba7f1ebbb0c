import Lockstep
import LockstepTesting
import Testing

@testable import LockstepService

@Suite("Which offices start and stop")
struct SupervisionTests {
    private static func subscription(_ name: String, _ pattern: String = "#") throws -> Subscription {
        Subscription(office: try OfficeName(name), events: [try TopicPattern(pattern)])
    }

    private static func words(_ actions: [Supervision.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .start(let subscription): "start \(subscription.office) \(subscription.events[0].text)"
            case .stop(let office): "stop \(office)"
            }
        }
    }

    @Test("who comes starts, who goes stops, and who stays as it is goes on")
    func changes() throws {
        var supervision = Supervision()
        let (a, b, c) = (try Self.subscription("a"), try Self.subscription("b"), try Self.subscription("c"))
        #expect(Self.words(supervision.want([a, b])) == ["start a #", "start b #"])
        #expect(Self.words(supervision.want([a, b])) == [])
        #expect(Self.words(supervision.want([c, b])) == ["stop a", "start c #"])
        #expect(Self.words(supervision.want([c, b])) == [], "it is told once")
        #expect(Self.words(supervision.ended(a.office)) == [])
        #expect(Self.words(supervision.ended(b.office)) == ["start b #"], "it ended though it is wanted")
    }

    @Test("whose subscription changed stops first, and starts as it is wanted by then")
    func restarts() throws {
        var supervision = Supervision()
        _ = supervision.want([try Self.subscription("a", "one")])
        #expect(Self.words(supervision.want([try Self.subscription("a", "two")])) == ["stop a"])
        #expect(Self.words(supervision.want([try Self.subscription("a", "three")])) == [])
        #expect(Self.words(supervision.ended(try OfficeName("a"))) == ["start a three"])
    }

    @Test("an office never works twice at once, and in the end those work that are wanted, whatever the order")
    func histories() throws {
        try forEachSeed(2_000) { _, generator in
            var supervision = Supervision()
            var working: [OfficeName: String] = [:]
            var stopping: Set<OfficeName> = []
            var wanted: [Subscription] = []
            func act(_ actions: [Supervision.Action]) throws {
                for action in actions {
                    switch action {
                    case .start(let subscription):
                        try #require(working[subscription.office] == nil)
                        working[subscription.office] = subscription.events[0].text
                    case .stop(let office):
                        try #require(working[office] != nil && stopping.insert(office).inserted)
                    }
                }
            }
            func end(_ office: OfficeName) throws {
                working[office] = nil
                stopping.remove(office)
                try act(supervision.ended(office))
            }
            for _ in 0..<20 {
                if Bool.random(using: &generator), let office = working.keys.sorted().randomElement(using: &generator) {
                    try end(office)
                } else {
                    wanted = []
                    for name in ["a", "b", "c"] where Bool.random(using: &generator) {
                        wanted.append(try Self.subscription(name, ["x", "y"].randomElement(using: &generator) ?? "x"))
                    }
                    try act(supervision.want(wanted))
                }
            }
            while let office = stopping.first { try end(office) }
            let all = Dictionary(uniqueKeysWithValues: wanted.map { ($0.office, $0.events[0].text) })
            try #require(working == all)
        }
    }
}
