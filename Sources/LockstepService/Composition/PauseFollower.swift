import Lockstep
import Logging

/// Follows what the hub's store says of one office's pause.
actor PauseFollower {
    private let office: OfficeName
    private var changes: StoreChanges.Iterator
    /// Outer nil: nothing was said yet; inner nil: it is not paused.
    private var said: String??

    /// - Parameter configuration: Whose store; that need not be there yet.
    init(_ office: OfficeName, of configuration: Configuration, logger: Logger) {
        self.office = office
        changes = StoreChanges(configuration: configuration, logger: logger).makeAsyncIterator()
    }

    /// Why the office is paused, at once and each time that changes; nil: it is not.
    nonisolated var reasons: AsyncStream<String?> {
        AsyncStream { await self.next() }
    }

    private func next() async -> String?? {
        while true {
            // An iterator cannot be used where it lies; nobody else asks meanwhile.
            var iterator = changes
            let changed = await iterator.next()
            changes = iterator
            guard let changed else { return nil }
            let reason = changed.stored.pauses[office]?.text
            guard said == .some(reason) else {
                said = .some(reason)
                return .some(reason)
            }
        }
    }
}

extension OfficePause {
    /// For people who look at one office: by whom, or what brought it about, and why.
    var text: String {
        (cause == .operator ? "by \(person)" : cause.description) + (reason.map { ": \($0)" } ?? "")
    }
}

extension OfficeService {
    /// The same office, which stands still while the hub's store says that it is paused, and is paused there when its system
    /// says that it is gone.
    ///
    /// - Parameter paused: Where the pause is shown to whoever asks the process whether it is ready.
    func obeyingPauses(showingIn paused: PausedOffices? = nil) -> OfficeService {
        var service = self
        let (office, configuration, logger) = (subscription.office, configuration, logger)
        service.pauses = { PauseFollower(office, of: configuration, logger: logger).reasons }
        service.isPaused = { paused?.note($0, of: office) }
        service.isGone = { reason in
            do {
                try await OfficePauses(configuration, logger: logger).pauseGone(office, reason: reason)
            } catch {
                logger.error(
                    "The office cannot be paused; it is asked again in ten minutes",
                    metadata: ["office": "\(office)", "reason": "\(ErrorText.text(error))"])
            }
        }
        return service
    }
}
