import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Synchronization
import Testing

struct SQLiteReplicaConformanceTests {
    @Test(.timeLimit(.minutes(2)))
    func keepsWhatEveryReplicaOwes() async throws {
        try await withTemporaryDirectory { directory in
            let number = Mutex(0)
            let files = Mutex<[ObjectIdentifier: (SQLiteReplica, String)]>([:])
            let suite = ReplicaStoreConformance { calendar in
                let name = number.withLock { number in
                    number += 1
                    return "replica-\(number)"
                }
                let replica = try Sample.replica(directory, name, calendar: calendar)
                files.withLock { $0[ObjectIdentifier(replica)] = (replica, Sample.file(directory, name)) }
                return replica
            } contents: { replica in
                guard let (_, path) = files.withLock({ $0[ObjectIdentifier(replica)] }) else { return [:] }
                return try Sample.contents(path)
            }
            try await suite.check(histories: 8)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func theReplicaInMemoryOwesTheSame() async throws {
        let suite = ReplicaStoreConformance {
            MemoryReplica(calendar: $0)
        } contents: { replica in
            await replica.records.mapValues { $0.encoded() }
        }
        try await suite.check(histories: 200)
    }
}
