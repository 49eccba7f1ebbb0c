import Synchronization

/// What a relay's helpers tell it while it works or waits.
final class RelayMailbox: Sendable {
    enum Letter: Sendable {
        case published(lane: Int, Result<[PublishOutcome], LockstepError>)
        case claimed(Result<[OutboxEntry], LockstepError>)
        case settled(Result<[OutboxSettlement], LockstepError>)
        case purged(Result<Int, LockstepError>)
        /// The store may have rows that were not claimed.
        case rows
        /// The store could not wait for rows.
        case listeningFailed(LockstepError)
        /// A time has come that was waited for.
        case alarm(Duration)
        case stop
    }

    private struct State {
        var letters: [Letter] = []
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func post(_ letter: Letter) {
        let reader = state.withLock { state in
            state.letters.append(letter)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// All letters that have come, in their order; waits for the first one if asked to.
    func take(waiting: Bool) async -> [Letter] {
        if waiting {
            await withCheckedContinuation { reader in
                let hasLetters = state.withLock { state in
                    if state.letters.isEmpty { state.reader = reader }
                    return !state.letters.isEmpty
                }
                if hasLetters { reader.resume() }
            }
        }
        return state.withLock { state in
            defer { state.letters = [] }
            return state.letters
        }
    }
}
