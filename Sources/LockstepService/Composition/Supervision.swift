import Lockstep

/// Which offices are to start and to stop, so that those that work are those that are wanted; pure.
///
/// An office never works twice at once: where its subscription changed, its next work begins when the last one has ended.
struct Supervision {
    /// What is to be done.
    enum Action {
        case start(Subscription)
        case stop(OfficeName)
    }

    private struct Work {
        var subscription: Subscription
        var isStopping = false
    }

    private var wanted: [OfficeName: Subscription] = [:]
    private var working: [OfficeName: Work] = [:]

    /// What is to be done where these offices are wanted, and no others.
    mutating func want(_ subscriptions: [Subscription]) -> [Action] {
        wanted = Dictionary(subscriptions.map { ($0.office, $0) }) { first, _ in first }
        var actions: [Action] = []
        for (office, work) in working.sorted(by: { $0.key < $1.key }) where !work.isStopping {
            if let subscription = wanted[office], subscription.isSame(as: work.subscription) { continue }
            working[office]?.isStopping = true
            actions.append(.stop(office))
        }
        for subscription in subscriptions where working[subscription.office] == nil {
            actions.append(start(subscription))
        }
        return actions
    }

    /// What is to be done when an office's work has ended, for whichever reason.
    mutating func ended(_ office: OfficeName) -> [Action] {
        working[office] = nil
        return wanted[office].map { [start($0)] } ?? []
    }

    private mutating func start(_ subscription: Subscription) -> Action {
        working[subscription.office] = Work(subscription: subscription)
        return .start(subscription)
    }
}
