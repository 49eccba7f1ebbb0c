import NIOCore
import NIOPosix
import Synchronization

/// Questions for addresses that may hang, on threads of their own: of each host one at a time, however many ask.
///
/// So a host whose name server does not answer takes one thread, and not one more whenever it is asked for again.
final class AddressLookups: Sendable {
    private typealias Answer = AsyncStream<[IPAddress]>.Continuation

    private let pool: NIOThreadPool
    private let lookUp: @Sendable (_ host: String) -> [IPAddress]
    /// Who waits for the answer about a host, of those that are being asked about.
    private let waiting = Mutex<[String: [Int: Answer]]>([:])
    private let numbers = Atomic(0)

    /// - Parameter lookUp: Blocks until it knows.
    init(threads: Int, _ lookUp: @escaping @Sendable (_ host: String) -> [IPAddress]) {
        self.lookUp = lookUp
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    /// A host's addresses; empty: there are none.
    ///
    /// Whoever has waited long enough cancels the task.
    func addresses(of host: String) async -> [IPAddress] {
        let (answers, answer) = AsyncStream.makeStream(of: [IPAddress].self)
        let number = numbers.add(1, ordering: .relaxed).newValue
        let isFirst = waiting.withLock { waiting in
            let isFirst = waiting[host] == nil
            waiting[host, default: [:]][number] = answer
            return isFirst
        }
        // Who is gone is not kept for as long as the question hangs.
        answer.onTermination = { [weak self] _ in
            _ = self?.waiting.withLock { $0[host]?.removeValue(forKey: number) }
        }
        if isFirst { ask(host) }
        for await addresses in answers { return addresses }
        return []
    }

    private func ask(_ host: String) {
        pool.submit { [self] state in
            let addresses = if case .active = state { lookUp(host) } else { [IPAddress]() }
            let answers = waiting.withLock { $0.removeValue(forKey: host) } ?? [:]
            for answer in answers.values {
                answer.yield(addresses)
                answer.finish()
            }
        }
    }
}
