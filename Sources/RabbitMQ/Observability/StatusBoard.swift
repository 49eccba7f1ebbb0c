import Synchronization

/// Where both connections write how they are, and anybody reads it.
final class StatusBoard: Sendable {
    private struct State {
        var status = ClientStatus(publishing: ConnectionStatus(), consuming: ConnectionStatus())
        var publishing: ConnectionMetrics
        var consuming: ConnectionMetrics
    }

    private let state: Mutex<State>
    private let readers = Audience<AsyncStream<ClientStatus>.Continuation>()

    /// - Parameter client: What the client is called in metrics.
    init(client: String) {
        state = Mutex(
            State(
                publishing: ConnectionMetrics(client: client, role: .publishing),
                consuming: ConnectionMetrics(client: client, role: .consuming)))
    }

    var status: ClientStatus { state.withLock(\.status) }

    /// The status now and after each change; what a slow reader misses is replaced by what came later.
    func updates() -> AsyncStream<ClientStatus> {
        state.withLock { state in
            readers.stream(bufferingPolicy: .bufferingNewest(1)) { $0.yield(state.status) }
        }
    }

    /// Changes what is said about one connection.
    func update(_ role: Connection.Role, _ change: (inout ConnectionStatus) -> Void) {
        state.withLock { state in
            let before = state.status
            switch role {
            case .publishing: change(&state.status.publishing)
            case .consuming: change(&state.status.consuming)
            }
            guard state.status != before else { return }
            state.publishing.note(state.status.publishing, before: before.publishing, at: .now)
            state.consuming.note(state.status.consuming, before: before.consuming, at: .now)
            for reader in readers.listeners { reader.yield(state.status) }
        }
    }

    /// Adds the time of a connection's block that lasts to what is recorded.
    func blockLasted(_ role: Connection.Role, until moment: ContinuousClock.Instant) {
        state.withLock { state in
            switch role {
            case .publishing: state.publishing.blockLasted(until: moment)
            case .consuming: state.consuming.blockLasted(until: moment)
            }
        }
    }
}
