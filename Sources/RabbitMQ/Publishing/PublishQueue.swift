/// What is to be published next, and what waits for its confirm; pure.
///
/// Survives connections: what was not confirmed goes back to the front and is published again.
struct PublishQueue {
    /// A message on its way, and whose it is.
    struct Entry: Sendable {
        var publication: Publication
        /// An estimate of its size on the wire, in bytes.
        let size: Int
        /// The call that it belongs to.
        let batch: Int
        /// Its place in that call.
        let index: Int
    }

    private var waiting = Fifo<Entry>()
    private var sent = ConfirmTracker<Entry>()
    private var window: PublishWindow
    private let limits: PublishWindow.Limits
    /// How many of the next entries are sent one at a time: one of them made the broker close the channel.
    private var suspects = 0

    init(limits: PublishWindow.Limits) {
        self.limits = limits
        window = PublishWindow(limits: limits)
    }

    /// Whether nothing is under way.
    var isEmpty: Bool { waiting.isEmpty && sent.count == 0 }

    /// How many messages wait for their confirm.
    var unconfirmed: Int { sent.count }

    mutating func append(_ entry: Entry) {
        waiting.append(entry)
    }

    /// The next entry, where the window has room for it.
    var nextWaiting: Entry? {
        canSend ? waiting.first : nil
    }

    /// Whether an entry may be sent now.
    var canSend: Bool {
        guard let entry = waiting.first else { return false }
        return suspects > 0 ? sent.count == 0 : window.admits(entry.size)
    }

    /// When the oldest message that waits for its confirm was published; `nil` where none waits.
    var oldestUnconfirmed: ContinuousClock.Instant? { sent.oldest }

    /// Notes that the next entry was published.
    mutating func sentFirst(at now: ContinuousClock.Instant) {
        guard let entry = waiting.popFirst() else { preconditionFailure("There was nothing to publish.") }
        window.add(entry.size)
        sent.add(entry, at: now)
    }

    /// Drops the next entry: it cannot be published.
    mutating func dropFirst() {
        if waiting.popFirst() != nil { suspects = max(0, suspects - 1) }
    }

    /// Takes in a return: the message's id, exchange and routing key tell which one it is.
    mutating func markReturned(_ back: Method.Return, messageID: String?) -> Bool {
        sent.markReturned(.returned(code: back.code, reason: back.reason)) { entry in
            let publication = entry.publication
            return publication.message.properties.messageID == messageID && publication.routingKey == back.routingKey
                && publication.exchange == back.exchange
        }
    }

    /// Takes in a confirm.
    mutating func confirm(
        _ number: UInt64, multiple: Bool, isAck: Bool, settle: (Entry, PublishOutcome) -> Void
    ) throws {
        var settled = 0
        var window = window
        try sent.confirm(number, multiple: multiple, isAck: isAck) { entry, outcome in
            window.remove(entry.size)
            settled += 1
            settle(entry, outcome)
        }
        self.window = window
        suspects = max(0, suspects - settled)
    }

    /// Starts over on a new connection: what was not confirmed goes first.
    mutating func connectionOpened() {
        waiting.prepend(contentsOf: sent.reset())
        window = PublishWindow(limits: limits)
    }

    /// Starts over on a new channel, since the broker closed the old one because of a message.
    ///
    /// Which one it was the broker does not say. Where only one was under way it is that one, and it is returned.
    /// Else all of them are sent again one at a time, until the channel closes again.
    mutating func channelFailed() -> Entry? {
        let unconfirmed = sent.reset()
        for entry in unconfirmed { window.remove(entry.size) }
        if unconfirmed.count == 1 {
            suspects = max(0, suspects - 1)
            return unconfirmed[0]
        }
        suspects = max(suspects, unconfirmed.count)
        waiting.prepend(contentsOf: unconfirmed)
        return nil
    }

    /// Forgets what a caller no longer waits for and what was not yet sent.
    mutating func abandon(batch: Int) {
        _ = waiting.removeAll { $0.batch == batch }
    }

    /// Gives up everything.
    mutating func removeAll() -> [Entry] {
        defer { waiting.removeAll() }
        return sent.reset() + waiting
    }
}
