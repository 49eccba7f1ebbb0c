import EventThread
import Logging

/// One of the client's two connections, over all its lives: the actor that is the connection's thread.
///
/// Where to read on: ``run()`` connects and reconnects (`+Lives`), the pump is the loop of one life (`+Pump`),
/// `+Dispatch` says what each frame means, and the rest is what callers ask for.
actor Connection {
    /// What the connection is for.
    enum Role: String, Sendable {
        case publishing
        case consuming
    }

    let role: Role
    let configuration: RabbitMQClientConfiguration
    let logger: Logger
    nonisolated let thread: EventThread
    nonisolated let mailbox: Mailbox
    nonisolated let gate = ReadinessGate()
    let board: StatusBoard

    /// What it does over its lives.
    var machine: ClientStateMachine

    // Of one life, and reset with it:
    var handle: ConnectionHandle?
    var channels: [UInt16: Channel] = [:]
    /// The highest number that a channel has had.
    var highestChannel: UInt16 = 0
    /// Why this life is over; the pump ends at its next look.
    var failure: RabbitMQError?
    var lastHeard = ContinuousClock.now
    /// When something was last sent; the broker wants to hear from us, too.
    var lastSent = ContinuousClock.now
    /// Since when the same frame has been arriving, as far as one can tell; `nil` where none is.
    var inFrameSince: ContinuousClock.Instant?
    /// When callers were let in; `nil` before.
    var readySince: ContinuousClock.Instant?
    /// Channels with deliveries that their feeds have not seen.
    var touched: [UInt16] = []
    /// How many calls wait for their answer; without any, no deadline has to be looked for.
    var callsInFlight = 0
    var publishChannel: ChannelID?
    var blockedReason: String?
    /// When the time of a block was last counted, or would have been.
    var blockCounted = ContinuousClock.now
    /// When the broker last let go of a connection that it had blocked, or this life began.
    var unblocked = ContinuousClock.now
    var closing = Closing.no

    // Of all lives:
    var nextGeneration = 0
    var publishQueue: PublishQueue
    var renewal = ChannelRenewal()
    var batches: [Int: PublishBatch] = [:]

    /// How far the end of a life has come.
    enum Closing {
        case no
        /// Finishing what is under way, until then.
        case draining(until: ContinuousClock.Instant)
        /// The broker has been told; it may answer until then.
        case told(until: ContinuousClock.Instant)
        case done
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(role: Role, configuration: RabbitMQClientConfiguration, board: StatusBoard, logger: Logger) {
        self.role = role
        self.configuration = configuration
        self.board = board
        var logger = logger
        logger[.connection] = .string(role.rawValue)
        self.logger = logger
        thread = EventThread(name: "amqp-\(role.rawValue)")
        mailbox = Mailbox(thread: thread)
        machine = ClientStateMachine(endpoints: Array(configuration.endpoints.indices).shuffled())
        publishQueue = PublishQueue(limits: configuration.publishWindow)
    }

    /// Ends the connection from any thread: after finishing what is under way, or at once.
    nonisolated func shutDown(gracefully: Bool) {
        // Where nobody takes the letter the connection has ended already.
        _ = mailbox.post(.shutDown(gracefully: gracefully))
    }

    /// Gives this life up; the pump ends at its next look.
    func fail(_ error: RabbitMQError) {
        guard handle != nil else { return }
        if failure == nil { failure = error }
        thread.interrupt()
    }
}
