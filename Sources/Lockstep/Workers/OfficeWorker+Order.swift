import Logging

extension OfficeWorker {
    /// How long what waits may not be noted before the batch is given back: its order would be lost with the process.
    private static let patience = 60
    private static let again = Duration.seconds(1)

    /// Which deliveries of a batch may be tried now; without an order to be kept, all of them.
    ///
    /// Those that wait for others are taken into the replica all the same: only the office's system is to be told later.
    func takeTurns(in batch: inout BatchProgress) async throws(LockstepError) -> [Int] {
        guard let turns = order?.turns(in: &batch, at: wallClock.now) else { return batch.rest }
        let later = turns.later[...]
        if !later.isEmpty { batch.note(try await pipeline.merge(batch.deliveries(at: later)), at: later) }
        return turns.now
    }

    /// Takes answers for deliveries of a batch.
    func settle(_ places: ArraySlice<Int>, _ answers: [DeliveryAnswer], in batch: inout BatchProgress) {
        if order == nil { return batch.answer(places, answers) }
        order?.settle(places, answers, in: &batch, at: wallClock.now)
    }

    /// Keeps what waits, before the deliveries are settled of which it speaks.
    ///
    /// - Returns: False where it cannot be kept, or the service is to stop before it is: nothing must be settled then.
    func keepOrder() async throws(LockstepError) -> Bool {
        guard let memory, let changes = order?.changes, !changes.isEmpty else { return true }
        for _ in 1...Self.patience {
            do throws(LockstepError) {
                try await memory.setWaiting(changes)
                order?.keptChanges()
                return true
            } catch {
                guard error.mayPass else { throw error }
                logger.warning("Which events wait cannot be noted; it is tried again", [.reason: error.message])
            }
            guard await wait(Self.again) else { return false }
        }
        return false
    }
}
