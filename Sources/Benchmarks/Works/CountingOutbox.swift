import Lockstep
import Synchronization

/// Counts what a relay has noted as sent, without asking the database: that would be work beside what is measured.
final class CountingOutbox: OutboxStore {
    private let outbox: any OutboxStore
    private let sent = Mutex(0)
    private let counts: AsyncStream<Int>
    private let count: AsyncStream<Int>.Continuation

    init(_ outbox: any OutboxStore) {
        self.outbox = outbox
        (counts, count) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Returns when so many are noted as sent; to be called once.
    func hasSent(_ number: Int) async throws {
        for await count in counts where count >= number { return }
        throw Spoiled(description: "the relay has ended")
    }

    func settle(_ settlements: [OutboxSettlement]) async throws(LockstepError) {
        try await outbox.settle(settlements)
        let more = settlements.count { $0.result == .sent }
        let total = sent.withLock { sent in
            sent += more
            return sent
        }
        count.yield(total)
    }

    func begin(standingBy: @Sendable () -> Void) async throws { try await outbox.begin(standingBy: standingBy) }

    func end() async {
        await outbox.end()
        count.finish()
    }

    func claim(atMost count: Int, bytes: Int) async throws(LockstepError) -> [OutboxEntry] {
        try await outbox.claim(atMost: count, bytes: bytes)
    }

    func release(_ positions: [OutboxPosition]) async throws(LockstepError) { try await outbox.release(positions) }

    func purge(sentBefore moment: Timestamp, atMost count: Int) async throws(LockstepError) -> Int {
        try await outbox.purge(sentBefore: moment, atMost: count)
    }

    func waitForRows() async throws(LockstepError) { try await outbox.waitForRows() }

    func status() async throws(LockstepError) -> OutboxStatus { try await outbox.status() }
}
