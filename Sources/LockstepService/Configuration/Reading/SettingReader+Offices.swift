import Lockstep

/// The keys of an office.
enum OfficeKey: String, SettingKey {
    case events, delivery, retry, order, rate, concurrency, conflicts, calendar, callback, receive, alarm, limit
}

/// The keys of an office's `delivery`.
enum DeliveryKey: String, SettingKey {
    case batch
}

/// The keys of `batch`.
enum BatchKey: String, SettingKey {
    case events, within
}

/// The keys of an office's `retry`.
enum RetryKey: String, SettingKey {
    case attempts, delays
}

extension SettingReader {
    /// Reads `offices`: a block with the offices' names as its keys.
    mutating func offices(_ setting: Setting) -> [Subscription]? {
        guard let entries = entries(setting) else { return nil }
        var offices: [Subscription] = []
        for entry in entries {
            guard let office = office(entry) else { continue }
            if let other = offices.first(where: { $0.office.differsOnlyInCase(from: office.office) }) {
                report(
                    "'\(office.office)' differs from '\(other.office)' only in upper and lower case; give the offices names "
                        + "that nobody takes for the same",
                    at: entry.keyPlace
                )
            }
            offices.append(office)
        }
        return offices
    }

    /// Reads one office: its name and what stands below it.
    mutating func office(_ entry: Setting.Entry) -> Subscription? {
        var name: OfficeName?
        do {
            name = try OfficeName(entry.key)
        } catch {
            report("'\(entry.key)' is \(error.message)", at: entry.keyPlace)
        }
        guard let section = section(entry.value, OfficeKey.self) else { return nil }

        if let setting = section[.receive] { receive(setting, for: name) }
        if section[.events] == nil, section[.receive] == nil {
            report(
                "the office '\(entry.key)' receives nothing; say which 'events', like [\"permit.#\"]",
                at: entry.keyPlace
            )
        }
        // What comes over HTTP was chosen where it is posted.
        let events = read(section[.events], or: section[.receive].map { _ in Self.everything }) { $0.patterns($1) }
        let delivery = read(section[.delivery], or: .immediate) { $0.delivery($1) }
        let retry = read(section[.retry], or: RetryPolicy()) { $0.retry($1) }
        let callback = read(section[.callback], or: .some(nil)) { $0.callback($1) }
        // Who wants every event wants them in order, unless it says otherwise.
        let usualOrder: DeliveryOrder = callback??.content == .events ? .record : .arrival
        let order = read(section[.order], or: usualOrder) { $0.order($1) }
        let pace = pace(section)
        let conflicts = read(section[.conflicts], or: .newest) { $0.conflicts($1) }
        let calendar = read(section[.calendar], or: []) { $0.calendar($1) }
        let fullness = fullness(section)
        guard let name, let events, let delivery, let retry, let order, let pace, let conflicts, let calendar,
            let callback, let fullness
        else {
            return nil
        }
        var subscription = Subscription(
            office: name, events: events, delivery: delivery, retry: retry, conflicts: conflicts, calendar: calendar,
            callback: callback, order: order, pace: pace)
        subscription.limit = fullness.limit
        if let alarm = fullness.alarm { subscription.alarm = alarm }
        return subscription
    }

    /// Reads `alarm` and `limit`.
    private mutating func fullness(_ section: SettingSection<OfficeKey>) -> (alarm: Int?, limit: Int?)? {
        let alarm = section[.alarm].map { integer($0, in: 1...1_000_000_000) }
        let limit = section[.limit].map { integer($0, in: 2...1_000_000_000) }
        // One that is there and cannot be read is a mistake; one that is not there is none.
        guard alarm != .some(nil), limit != .some(nil) else { return nil }
        if let setting = section[.alarm], let alarm = alarm ?? nil, let limit = limit ?? nil, alarm >= limit {
            report(
                "'alarm' is \(alarm) and 'limit' is \(limit): make the alarm smaller, so that somebody hears of it before "
                    + "events are held up",
                at: setting.place)
            return nil
        }
        return (alarm ?? nil, limit ?? nil)
    }

    private static let everything: [TopicPattern] = {
        guard let pattern = try? TopicPattern("#") else { preconditionFailure("'#' is a pattern") }
        return [pattern]
    }()

    private mutating func patterns(_ setting: Setting) -> [TopicPattern]? {
        let patterns = list(setting, like: "[\"permit.*.ward-3\", \"policy.#\"]") { reader, item in
            guard !item.isNothing else {
                reader.report("no pattern; put one that begins with '#' between quotes", at: item.place)
                return TopicPattern?.none
            }
            return reader.value(item, TopicPattern.init)
        }
        guard let patterns else { return nil }
        if case .list(let items) = setting.content, !items.isEmpty { return patterns }
        report(
            "'events' is empty, so the office receives nothing; give it a pattern, like [\"permit.#\"]",
            at: setting.place
        )
        return nil
    }

    private mutating func delivery(_ setting: Setting) -> DeliveryMode? {
        guard case .mapping = setting.content else {
            if case .text("immediate") = setting.content { return .immediate }
            report(Self.deliveryForms, at: setting.place)
            return nil
        }
        guard let section = section(setting, DeliveryKey.self) else { return nil }
        guard let batch = section[.batch] else {
            report(Self.deliveryForms, at: setting.place)
            return nil
        }
        guard let keys = self.section(batch, BatchKey.self) else { return nil }
        let events = read(keys[.events], or: 500) { $0.integer($1, in: 1...10_000) }
        let within = read(keys[.within], or: .seconds(5)) { $0.duration($1, in: .milliseconds(1) ... .seconds(300)) }
        guard let events, let within else { return nil }
        do {
            return try DeliveryMode.batch(events: events, within: within)
        } catch {
            report(error.message, at: batch.place)
            return nil
        }
    }

    private static let deliveryForms = "'delivery' is immediate, or batch: { events: 500, within: 5s }"

    private mutating func retry(_ setting: Setting) -> RetryPolicy? {
        guard let section = section(setting, RetryKey.self) else { return nil }
        let standard = RetryPolicy()
        let attempts = read(section[.attempts], or: standard.attempts) { $0.integer($1, in: 1...1_000) }
        let delays = read(section[.delays], or: standard.delays) { $0.delays($1) }
        guard let attempts, let delays else { return nil }
        do {
            return try RetryPolicy(attempts: attempts, delays: delays)
        } catch {
            report(error.message, at: section.place)
            return nil
        }
    }

    private mutating func delays(_ setting: Setting) -> [RetryDelay]? {
        let tiers = RetryDelay.allCases.map { (name: $0.name, value: $0) }
        return list(setting, like: "[1s, 5s, 30s, 2m, 10m, 1h]") { $0.choice($1, among: tiers) }
    }
}
