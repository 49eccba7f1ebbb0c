import ChildProcesses
import FoundationEssentials

/// Waits until a started node answers, or cannot any more.
struct Readiness: Sendable {
    let identity: NodeIdentity
    let management: Bool
    let node: RunningNode
    let directory: NodeDirectory

    /// The opening of AMQP 0-9-1 (section 4.2.2); the broker's answer is a method frame, whose first byte is 1.
    ///
    /// That the port accepts is not enough: the process behind it could be another.
    private static let opening: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
    private static let methodFrame: UInt8 = 1

    func wait(limit: Duration) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: limit)
        var pause = Duration.milliseconds(20)
        while !isReady {
            if let exit = node.server.exit {
                throw PrivateBrokerError(
                    .nodeDied,
                    "The broker ended before it was ready (\(exit)). From its log:\n\(directory.logExcerpt())"
                )
            }
            guard clock.now < deadline else {
                throw PrivateBrokerError(
                    .startTimedOut,
                    "The broker was not ready after \(limit) and was stopped: give it a longer start time-out, or see "
                        + "why it is slow in \(directory.logs.path). From its log:\n\(directory.logExcerpt())"
                )
            }
            // A process outside tells nothing while it starts: asking it again and again is the only way.
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    private var isReady: Bool {
        LoopbackPort(identity.amqpPort).answers(Self.opening, with: Self.methodFrame)
            && (!management || LoopbackPort(identity.managementPort).accepts)
    }
}
