import LockstepTesting
import PrivateBroker
import Testing

@Suite(.timeLimit(.minutes(3)))
struct SharedBrokerTests {
    @Test func everybodyGetsTheSameBroker() async throws {
        let pids = try await withThrowingTaskGroup(of: Int32?.self) { group in
            for _ in 0..<8 {
                group.addTask { try await SharedBroker.broker().processID }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(pids.count == 1)
        #expect(!pids.contains(nil))
    }

    @Test func virtualHostsKeepNamesApartAndAreDeleted() async throws {
        let names = try await SharedBroker.withVirtualHost("apart") { first in
            try await first.manage("PUT", "queues/\(first.name)/lockstep.same", #"{"durable": true}"#)
            return try await SharedBroker.withVirtualHost("apart") { second in
                #expect(first.name != second.name)
                #expect(second.amqpURL.hasSuffix("/\(second.name)"))
                let inFirst = try await first.manage("GET", "queues/\(first.name)")
                let inSecond = try await second.manage("GET", "queues/\(second.name)")
                #expect(inFirst.contains("lockstep.same"))
                #expect(inSecond == "[]")
                let refusal = await #expect(throws: ManagementRefusal.self) {
                    try await second.manage("GET", "queues/\(second.name)/lockstep.same")
                }
                #expect(refusal?.status == 404)
                return [first.name, second.name]
            }
        }
        let left = try await SharedBroker.broker().control(["list_vhosts", "--quiet"])
        #expect(names.allSatisfy { !left.contains($0) })
    }

    @Test func namesAreNeverGivenTwice() {
        #expect(SharedBroker.uniqueName("orders") != SharedBroker.uniqueName("orders"))
    }
}
