import NIOCore
import Synchronization

/// What a scripted broker remembers over all its connections.
final class BrokerLedger: Sendable {
    private struct State {
        var connections = 0
        /// How many connections there have been of each name.
        var lives: [String: Int] = [:]
        var received: [ScriptedBroker.Received] = []
        var publishes: [ScriptedBroker.Publish] = []
        var open: [Int: any NIOCore.Channel] = [:]
    }

    private let state = Mutex(State())

    var connections: Int { state.withLock(\.connections) }
    var received: [ScriptedBroker.Received] { state.withLock(\.received) }
    var publishes: [ScriptedBroker.Publish] { state.withLock(\.publishes) }
    /// The sockets of the connections that have not ended.
    var open: [any NIOCore.Channel] { state.withLock { Array($0.open.values) } }

    /// Begins a conversation.
    func accept(_ channel: any NIOCore.Channel, _ script: @escaping ScriptedBroker.Script) -> BrokerConversation {
        state.withLock { state in
            state.connections += 1
            state.open[state.connections] = channel
            return BrokerConversation(connection: state.connections, lives: state.lives, script: script)
        }
    }

    func ended(_ connection: Int) {
        state.withLock { $0.open[connection] = nil }
    }

    func note(_ received: ScriptedBroker.Received) {
        state.withLock { $0.received.append(received) }
    }

    func note(_ publish: ScriptedBroker.Publish) {
        state.withLock { $0.publishes.append(publish) }
    }

    func note(name: String) {
        state.withLock { $0.lives[name, default: 0] += 1 }
    }
}
