import Lockstep
import LockstepSQLite

/// An office whose records are looked at.
struct ComparedOffice: Sendable {
    /// What it wants.
    let subscription: Subscription
    /// Whether it is in the configuration.
    var isConfigured = true
    /// Whether the ledger has ever had a word of it.
    var hasSpoken = true
    /// Whether its replica is at hand.
    var hasReplica = false
    /// Whether it is right where as many replicas hold one content as another.
    var breaksTies = false

    var name: OfficeName { subscription.office }
}

/// All that is known of one record.
struct ReportedRecord: Sendable {
    var subject: Subject
    /// The changes that the ledger knows, by version.
    var entries: [LedgerEntry] = []
    /// How the offices hold it whose replicas are at hand.
    var held: [OfficeName: HeldRecord] = [:]

    /// Whether an event brought the record as a whole to one office, to make good what that had missed.
    ///
    /// Such an event is no change of its own: it has the version of the newest change in it, and no publisher reports it.
    func isWhole(_ entry: LedgerEntry) -> Bool {
        entry.publication == nil
            && entries.contains { $0.version == entry.version && $0.event != entry.event && $0.publication != nil }
    }
}

/// Says how an office stands to a record.
///
/// Pure: ledger and replicas in, a verdict out. First the ledger speaks: an office is *behind* while it has not said that
/// it has a change that the broker confirmed and that it subscribes to, or that reached it. Then replicas are compared,
/// where they are at hand: those of offices that want all that the other one has taken in of the record, so that both
/// must hold the same bytes. Of them, what most hold of the newest version is right. What an office does not want never
/// makes it behind.
struct RecordComparison {
    enum Verdict: Sendable, Hashable {
        /// - Parameter compared: Whether another office's replica has the same bytes.
        case inStep(compared: Bool)
        /// A change is not there.
        case behind(Lack)
        /// It has other bytes than others at the same version.
        case different(expected: Version)
    }

    /// Why an office is behind.
    enum Lack: Sendable, Hashable {
        /// The ledger has no word that the office has these changes.
        case changes
        /// Another replica has this version, and the office's replica an older one or none.
        case version(Version)
    }

    /// A change that an office does not have, as far as it has said, and its last word on it.
    struct LackingChange: Sendable {
        let entry: LedgerEntry
        let word: DeliveryState.Word?

        var isDead: Bool { if case .dead = word { true } else { false } }
    }

    /// How an office stands to the record.
    struct Standing: Sendable {
        let verdict: Verdict
        /// By version.
        let lacking: [LackingChange]
        /// The newest version that it has said that it has, or that its replica holds; nil: neither is known.
        let version: Version?
    }

    let record: ReportedRecord
    /// The moment that is spoken of.
    let moment: Timestamp
    /// In the order in which they break ties, after those that always do.
    let offices: [ComparedOffice]
    /// Who wants which routing key, as far as that was found out.
    var wanting: [String: Set<OfficeName>] = [:]

    /// How an office stands to the record; nil: it has nothing to do with it.
    func standing(of office: ComparedOffice) -> Standing? {
        var lacking: [LackingChange] = []
        var newest = record.held[office.name]?.version
        var isExpected = false
        let given = newestGiven(to: office)
        for entry in record.entries where entry.isKnown(asOf: moment) {
            let word = entry.deliveries[office.name]?.word(asOf: moment)
            guard word != nil || isWanted(entry, by: office) else { continue }
            isExpected = true
            if case .done = word {
                newest = newest.map { max($0, entry.version) } ?? entry.version
            } else if let given, entry.version <= given {
                newest = newest.map { max($0, given) } ?? given
            } else if office.hasSpoken || !office.hasReplica {
                // Of an office that reports nothing, the ledger knows nothing.
                lacking.append(LackingChange(entry: entry, word: word))
            }
        }
        let found = lacking.isEmpty ? compared(office, isExpected: isExpected) : .behind(.changes)
        return found.map { Standing(verdict: $0, lacking: lacking, version: newest) }
    }

    /// The version at which the office was given the record as a whole: all changes up to it came with that.
    private func newestGiven(to office: ComparedOffice) -> Version? {
        record.entries.filter { entry in
            guard record.isWhole(entry), case .done = entry.deliveries[office.name]?.word(asOf: moment)
            else { return false }
            return true
        }.map(\.version).max()
    }

    private func isWanted(_ entry: LedgerEntry, by office: ComparedOffice) -> Bool {
        guard entry.isConfirmed, let key = entry.publication?.routingKey else { return false }
        return wants(office, key)
    }

    private func wants(_ office: ComparedOffice, _ key: String) -> Bool {
        wanting[key]?.contains(office.name) ?? office.subscription.wants(key)
    }

    /// What the replicas say; nil: the office has nothing to do with the record.
    private func compared(_ office: ComparedOffice, isExpected: Bool) -> Verdict? {
        let own = record.held[office.name]
        guard office.hasReplica, let reference = reference(for: office) else {
            return own != nil || isExpected ? .inStep(compared: false) : nil
        }
        guard let own, own.version >= reference.record.version else {
            return .behind(.version(reference.record.version))
        }
        return own.registers == reference.record.registers
            ? .inStep(compared: reference.holders > 1) : .different(expected: reference.record.version)
    }

    /// What the office should hold, as others do; nil: there is nobody to compare it with.
    private func reference(for office: ComparedOffice) -> (record: HeldRecord, holders: Int)? {
        let own = record.held[office.name]
        let others = offices.filter { other in
            guard other.name != office.name, let theirs = record.held[other.name] else { return false }
            return wantsAll(of: theirs, office) && (own.map { wantsAll(of: $0, other) } ?? true)
        }
        guard !others.isEmpty else { return nil }
        // Its own record counts like theirs, in the order of all.
        let compared = offices.filter { one in one.name == office.name || others.contains { $0.name == one.name } }
        let ordered = compared.filter(\.breaksTies) + compared.filter { !$0.breaksTies }
        let candidates = ordered.compactMap { record.held[$0.name] }
        guard let newest = candidates.map(\.version).max() else { return nil }
        var best: (record: HeldRecord, holders: Int)?
        for candidate in candidates where candidate.version == newest {
            let holders = candidates.count { $0.registers == candidate.registers }
            if holders > best?.holders ?? 0 { best = (candidate, holders) }
        }
        return best
    }

    /// Whether an office wants every event that a record has taken in; false also where that cannot be known.
    private func wantsAll(of held: HeldRecord, _ office: ComparedOffice) -> Bool {
        if let routes = held.routes { return routes.allSatisfy { wants(office, $0) } }
        let published = record.entries.filter(\.isConfirmed).compactMap(\.publication)
            .filter { held.types.contains($0.type.text) }
        if Set(held.types).isSubset(of: published.map(\.type.text)) {
            return published.allSatisfy { wants(office, $0.routingKey) }
        }
        // No scope has this name: only a wildcard matches it.
        return held.types.allSatisfy {
            office.subscription.wants($0) && office.subscription.wants($0 + ".\u{1}")
        }
    }
}
