import Lockstep

/// Who has an event, or the newest version of a record, and since when.
public struct StatusReport: Detailed, Hashable {
    /// An event that the report speaks of.
    public struct Event: Encodable, Sendable, Hashable {
        /// Its id.
        public var event: String
        /// Which change of the record it is.
        public var version: String
        /// Who made the change; null, as all that follows: no publisher has reported it.
        @OrNull public var source: String?
        /// What kind of thing happened.
        @OrNull public var type: String?
        /// The region or tenant that it concerns; null also where there is none.
        @OrNull public var scope: String?
        /// When the publisher was given it (RFC 3339).
        @OrNull public var accepted: String?
        /// `confirmed`, `unrouted` or `refused`.
        @OrNull public var publication: String?
        /// When the broker answered (RFC 3339).
        @OrNull public var answered: String?

        init(_ entry: LedgerEntry) {
            event = entry.event.text
            version = entry.version.description
            guard let state = entry.publication else { return }
            source = state.source.text
            type = state.type.text
            scope = state.scope?.text
            accepted = state.acceptedAt.rfc3339
            answered = state.at.rfc3339
            publication =
                switch state.outcome {
                case .confirmed: "confirmed"
                case .unrouted: "unrouted"
                case .refused: "refused"
                }
        }
    }

    /// The record.
    public var subject: String
    /// The events, the newest version first: the one that was asked for, or those of the record that are not
    /// everywhere.
    public var events: [Event]
    /// How the offices stand to them.
    public var offices: [StatusRow]

    /// Whether every subscribed office has what it should have.
    public var isComplete: Bool { offices.allSatisfy(\.hasIt) }

    /// Of an event; more than one where several sources gave the same id.
    ///
    /// - Parameter record: The newest events about its record, which may have made it good.
    init(of entries: [LedgerEntry], record: [LedgerEntry], among offices: [Subscription], at now: Timestamp) {
        subject = entries.first?.subject.text ?? ""
        events = entries.map(Event.init)
        let madeGood = RecordsMadeGood(record)
        self.offices = entries.flatMap { entry in
            entry.standings(among: offices).map { standing in
                let row = StatusRow(standing, of: entry, at: now)
                guard !standing.hasIt, let moment = madeGood.moment(entry.version, in: standing.office) else {
                    return row
                }
                return row.madeGood(at: moment, publishedAt: entry.publishedAt)
            }
        }
    }

    /// Of a record: what each office has, and what it lacks of that which is newer or was given up.
    ///
    /// - Parameter entries: The newest events about it.
    init(
        about subject: Subject, _ entries: [LedgerEntry], holdings: [OfficeName: Holding],
        among subscriptions: [Subscription], at now: Timestamp
    ) {
        self.subject = subject.text
        var rows: [StatusRow] = []
        var named = Set(entries.prefix(1).map(\.version))
        let madeGood = RecordsMadeGood(entries)
        let lacking = entries.map { entry in
            let standings = entry.standings(among: subscriptions).filter { standing in
                !standing.hasIt && madeGood.moment(entry.version, in: standing.office) == nil
            }
            return (entry: entry, standings: standings)
        }
        let configured = subscriptions.map(\.office)
        let spoken = Set(holdings.keys).union(lacking.flatMap { $0.standings.map(\.office) })
        for office in configured.filter(spoken.contains) + spoken.subtracting(configured).sorted() {
            if let held = holdings[office] {
                let standing = Standing(office: office, word: .done(held.done), attempts: 0)
                rows.append(
                    StatusRow(
                        standing, event: held.event, version: held.version, publishedAt: held.publishedAt, at: now))
            }
            for (entry, standings) in lacking {
                guard let standing = standings.first(where: { $0.office == office }) else { continue }
                named.insert(entry.version)
                rows.append(StatusRow(standing, of: entry, at: now))
            }
        }
        events = entries.filter { named.contains($0.version) }.map(Event.init)
        offices = rows
    }

    public var details: [Detail] {
        var details = [Detail("subject", subject)]
        for event in events.prefix(1) {
            details += [Detail("event", event.event), Detail("version", event.version)]
            guard let type = event.type, let accepted = event.accepted else {
                details.append(Detail("published", "not reported; who should have it is not known"))
                continue
            }
            details += [
                Detail("type", event.scope.map { "\(type), \($0)" } ?? type),
                Detail("source", event.source ?? "-"),
                Detail("accepted", accepted),
                Detail(event.publication ?? "answered", event.answered ?? "-"),
            ]
        }
        return details
    }

    /// The whole answer for people.
    public func text(width: Int?) -> String {
        let table = offices.isEmpty ? "no office subscribes to it\n" : TextTable.text(offices, width: width)
        return DetailText.text(details) + "\n" + table
    }
}

extension StatusRow {
    fileprivate init(_ standing: Standing, of entry: LedgerEntry, at now: Timestamp) {
        self.init(standing, event: entry.event, version: entry.version, publishedAt: entry.publishedAt, at: now)
    }
}
