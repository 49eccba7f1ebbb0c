import GRDB
import Lockstep
import Synchronization

/// What a replica's connection remembers of the file from one batch to the next, so that it need not read it again.
struct ReplicaMemory {
    var records = RecentRecords()
    /// How far the replica is compacted.
    var horizon: ClockReading?
}

/// Holds a replica's memory for as long as the file is what is remembered.
///
/// A transaction takes the memory out, brings it up to date, and puts it back when it has committed. Whatever changes the
/// file otherwise, in this connection, this process or another one, changes the file's data version: then the memory is
/// of no use any more and is dropped. So it is when a transaction fails: it has not put it back.
final class HeldMemory: Sendable {
    private let held = Mutex<(memory: ReplicaMemory, dataVersion: UInt32)?>(nil)

    /// Takes the memory out inside a transaction; an empty one if nothing is remembered of the file as it is now.
    func take(_ db: Database) throws -> ReplicaMemory {
        let dataVersion = try db.dataVersion
        let last = held.withLock { $0.take() }
        guard let last, last.dataVersion == dataVersion else { return ReplicaMemory() }
        return last.memory
    }

    /// Puts the memory back, right after the transaction has committed.
    func put(_ memory: ReplicaMemory, _ db: Database) throws {
        // Another connection's later commit is not in this number yet: this connection sees it when it next begins.
        let dataVersion = try db.dataVersion
        held.withLock { $0 = (memory, dataVersion) }
    }
}
