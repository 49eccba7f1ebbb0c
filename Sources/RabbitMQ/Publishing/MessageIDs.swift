import Synchronization

/// Ids for messages that come without one: random by process, counted within it.
final class MessageIDs: Sendable {
    static let shared = MessageIDs()

    private let prefix: String
    private let last = Atomic<UInt64>(0)

    init() {
        var generator = SystemRandomNumberGenerator()
        prefix = String(generator.next() as UInt64, radix: 16) + String(generator.next() as UInt64, radix: 16) + "-"
    }

    func next() -> String {
        prefix + String(last.add(1, ordering: .relaxed).newValue)
    }
}
