import Tracing

typealias RelayTasks = ThrowingDiscardingTaskGroup<any Error>

/// What goes on beside the relay's pump, and tells it by letters.
extension OutboxRelay {
    func claim(_ count: Int, bytes: Int, in group: inout RelayTasks) {
        let (store, mailbox) = (store, mailbox)
        group.addTask {
            do throws(LockstepError) {
                let entries = try await store.claim(atMost: count, bytes: bytes)
                if !entries.isEmpty { CrashPoint.claimed.pass() }
                mailbox.post(.claimed(.success(entries)))
            } catch {
                mailbox.post(.claimed(.failure(error)))
            }
        }
    }

    func settle(_ settlements: [OutboxSettlement], in group: inout RelayTasks) {
        let (store, mailbox) = (store, mailbox)
        group.addTask {
            do throws(LockstepError) {
                CrashPoint.confirmed.pass()
                try await store.settle(settlements)
                CrashPoint.marked.pass()
                mailbox.post(.settled(.success(settlements)))
            } catch {
                mailbox.post(.settled(.failure(error)))
            }
        }
    }

    func purge(_ count: Int, in group: inout RelayTasks) {
        let (store, mailbox) = (store, mailbox)
        let moment = Timestamp(microseconds: wallClock.now.microseconds - Int64(keep / .microseconds(1)))
        group.addTask {
            do throws(LockstepError) {
                mailbox.post(.purged(.success(try await store.purge(sentBefore: moment, atMost: count))))
            } catch {
                mailbox.post(.purged(.failure(error)))
            }
        }
    }

    func publish(_ events: [Event], lane: Int, in group: inout RelayTasks) {
        let (transport, mailbox, metrics) = (transport, mailbox, publishMetrics)
        group.addTask {
            do throws(LockstepError) {
                if CrashPoint.publishing.isTheEnd, events.count > 1 {
                    _ = try await transport.publish(Array(events.prefix(events.count / 2)))
                    CrashPoint.publishing.pass()
                }
                let outcomes = try await TraceSpans.with("lockstep relay", ofKind: .producer, events.map(\.trace)) {
                    () async throws(LockstepError) in
                    try await metrics.record(events.count) { () async throws(LockstepError) in
                        try await transport.publish(events)
                    }
                }
                CrashPoint.published.pass()
                mailbox.post(.published(lane: lane, .success(outcomes)))
            } catch {
                mailbox.post(.published(lane: lane, .failure(error)))
            }
        }
    }

    /// Has the store say when there are rows, unless it does so already or there may be some now.
    func listen(in group: inout RelayTasks) {
        guard !isListening, !machine.mayClaim, !machine.isClaiming else { return }
        isListening = true
        let (store, mailbox) = (store, mailbox)
        group.addTask {
            do throws(LockstepError) {
                try await store.waitForRows()
                mailbox.post(.rows)
            } catch {
                mailbox.post(.listeningFailed(error))
            }
        }
    }

    /// Shows how the outbox is doing, now and then: its rows are counted for it, which takes longer the more there are.
    func keepShowingStatus() async {
        var pause = Duration.zero
        // It goes by real time, as whoever looks at it does.
        while (try? await Task.sleep(for: pause)) != nil {
            let start = ContinuousClock.now
            // A store that cannot be used is in the log already.
            if let status = try? await store.status() { metrics.note(status, at: wallClock.now) }
            pause = max(.seconds(5), (ContinuousClock.now - start) * 20)
        }
    }
}
