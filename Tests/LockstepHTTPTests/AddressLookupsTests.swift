import Foundation
import Synchronization
import Testing

@testable import LockstepHTTP

@Suite("Asking for a host's addresses", .timeLimit(.minutes(1)))
struct AddressLookupsTests {
    @Test("a host whose name server hangs takes one thread, however often it is asked for, and delays nobody else")
    func hanging() async throws {
        let address = try #require(IPAddress("192.0.2.1"))
        let release = DispatchSemaphore(value: 0)
        let asked = Asked()
        let lookups = AddressLookups(threads: 2) { host in
            asked.hosts.withLock { $0.append(host) }
            if host == "hangs.example" { release.wait() }
            return [address]
        }
        let waiting = (1...20).map { _ in Task { await lookups.addresses(of: "hangs.example") } }
        for number in 1...10 { #expect(await lookups.addresses(of: "\(number).example") == [address]) }
        waiting[0].cancel()
        #expect(await waiting[0].value.isEmpty, "who has waited long enough does not wait for the answer")
        for _ in 1...20 { release.signal() }
        for task in waiting.dropFirst() { #expect(await task.value == [address]) }
        #expect(asked.hosts.withLock { $0.filter { $0 == "hangs.example" }.count } < 20)
        // The next one asks anew.
        let before = asked.hosts.withLock { $0.count }
        #expect(await lookups.addresses(of: "hangs.example") == [address])
        #expect(asked.hosts.withLock { $0.count } == before + 1)
    }

    private final class Asked: Sendable {
        let hosts = Mutex<[String]>([])
    }
}
