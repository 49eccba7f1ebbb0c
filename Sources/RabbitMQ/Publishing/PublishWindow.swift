/// How much is published and not yet confirmed; pure.
public struct PublishWindow: Sendable {
    /// The limits of a window.
    public struct Limits: Sendable, Hashable {
        /// The most messages.
        public var messages: Int
        /// The most bytes; what the socket has no room for waits in the process.
        public var bytes: Int

        /// Makes limits.
        public init(messages: Int = 1_000, bytes: Int = 1024 * 1024) {
            self.messages = messages
            self.bytes = bytes
        }
    }

    private var limits: Limits
    private(set) var messages = 0
    private(set) var bytes = 0

    init(limits: Limits) {
        self.limits = limits
    }

    /// Whether a message of this size may be published now; into an empty window any size may.
    func admits(_ size: Int) -> Bool {
        messages == 0 || (messages < limits.messages && bytes + size <= limits.bytes)
    }

    mutating func add(_ size: Int) {
        messages += 1
        bytes += size
    }

    mutating func remove(_ size: Int) {
        messages -= 1
        bytes -= size
        precondition(messages >= 0 && bytes >= 0, "More was taken out of the publish window than was put in.")
    }
}
