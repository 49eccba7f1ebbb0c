import FoundationEssentials
import Lockstep
import Logging
import PrivateBroker

/// The private broker of a site: started where none runs, started again where it dies, stopped last.
struct SiteBroker: Sendable {
    /// The longest pause between two tries to start it again.
    private static let longestPause = Duration.seconds(30)

    /// Where it is.
    let status: PrivateBrokerStatus
    /// nil: it ran before, and goes on.
    private let node: PrivateBroker?
    private let logger: Logger

    /// Starts the broker of a directory, or takes the one that runs there, as `lockstep broker start` leaves it.
    ///
    /// - Throws: ``/PrivateBroker/PrivateBrokerError``, or `CancellationError`.
    init(in directory: URL, logger: Logger) async throws {
        self.logger = logger
        if let status = try PrivateBroker.status(in: directory), status.processID != nil {
            self.status = status
            self.node = nil
            return
        }
        logger.info("The broker starts, which takes some seconds", metadata: ["directory": "\(directory.path)"])
        let started = try await PrivateBroker.start(PrivateBrokerConfiguration(directory: directory), logger: logger)
        guard let status = try PrivateBroker.status(in: directory) else {
            preconditionFailure("a broker that was started has left its ports in its directory")
        }
        self.status = status
        self.node = started
    }

    /// Starts it again whenever it has ended, until the task is cancelled.
    ///
    /// It keeps its ports and its data, and clients find it again by themselves.
    func keepRunning() async {
        guard let node else { return await Signal().wait() }
        var pause = Duration.seconds(1)
        while true {
            let exit = await node.ended()
            if Task.isCancelled { return }
            logger.error(
                "The broker ended by itself; it is started again",
                metadata: ["how": "\(exit.map { "\($0)" } ?? "it did not start")", "log": "\(status.logFile.path)"])
            do {
                try await node.restart()
                logger.info("The broker is there again")
                pause = .seconds(1)
            } catch {
                if Task.isCancelled { return }
                logger.error("The broker cannot be started; it is tried again", metadata: ["reason": "\(error)"])
                if (try? await Task.sleep(for: pause)) == nil { return }
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Stops it, where it was started here.
    func stop() async {
        guard let node else { return }
        do {
            try await node.stop()
            logger.info("The broker has stopped")
        } catch {
            logger.error("The broker did not stop", metadata: ["reason": "\(error)"])
        }
    }
}
