/// Compares an office's replica with the core's and names every record in which they differ.
public struct DriftComparison: Sendable {
    /// What was looked at.
    public struct Summary: Sendable, Hashable {
        /// The records of the core that the office should have all of; nil until the trees were looked at.
        public var core = 0
        /// The records that the office holds.
        public var office = 0
        /// Records that differ and cannot be compared: the office gets only some of their events, or nobody knows any
        /// more which.
        public var notCompared = 0
        /// Questions that the office was asked.
        public var questions = 0
        /// Findings, by kind.
        public var findings: [DriftFinding.Kind: Int] = [:]

        /// Nothing yet.
        public init() {}

        /// How many records differ.
        public var differing: Int { findings.values.reduce(0, +) }
    }

    /// How many records are asked for at once: each may be as large as an event and more.
    private static let statesAtOnce = 8
    /// How many places are looked at, and looked at again, together.
    private static let page = 512

    private let tree: any DriftSource
    private let core: any DriftSource
    private let office: any DriftSource
    private let scope: DriftScope
    private let horizon: ClockReading?
    private let pause: @Sendable () async throws -> Void

    /// A comparison.
    ///
    /// - Parameters:
    ///   - core: The core's replica, which holds everything.
    ///   - index: A tree of those of its records that the office should have all of; nil: all of them.
    ///   - office: The office's replica.
    ///   - horizon: What both may have forgotten already, each at its own time: see ``Record/compacted(before:)``. Records
    ///     that are the same without it do not differ.
    ///   - pause: Waits before what differs is looked at again: a record that has changed meanwhile is on its way, not
    ///     drifted.
    public init(
        core: any DriftSource, index: DriftIndex?, office: any DriftSource, scope: DriftScope,
        horizon: ClockReading? = nil, pause: @escaping @Sendable () async throws -> Void
    ) {
        tree = index.map { IndexSource(index: $0) as any DriftSource } ?? core
        self.core = core
        self.office = office
        self.scope = scope
        self.horizon = horizon
        self.pause = pause
    }

    /// Compares, and hands over what differs, some hundred records at a time.
    ///
    /// - Throws: What a source throws; ``LockstepError`` with the code `driftIncomplete` where an answer was not whole.
    ///   What was handed over before that stands.
    public func run(_ found: ([DriftFinding]) async throws -> Void) async throws -> Summary {
        var walk = DriftWalk()
        var summary = Summary()
        while let question = walk.question {
            summary.questions += 1
            let mine = try await tree.answer(question)
            try walk.take(mine: mine, theirs: try await office.answer(question))
        }
        if let counts = walk.counts { (summary.core, summary.office) = (counts.mine, counts.theirs) }
        for start in stride(from: 0, to: walk.places.count, by: Self.page) {
            let places = Array(walk.places[start..<min(start + Self.page, walk.places.count)])
            let findings = try await settled(places, &summary)
            for finding in findings { summary.findings[finding.kind, default: 0] += 1 }
            if !findings.isEmpty { try await found(findings) }
        }
        return summary
    }

    /// What differs at these places, and after a pause neither side has changed since.
    private func settled(_ places: [DriftPlace], _ summary: inout Summary) async throws -> [DriftFinding] {
        var different: [(place: DriftPlace, findings: [DriftFinding], mine: DriftListing, theirs: DriftListing)] = []
        for start in stride(from: 0, to: places.count, by: Self.statesAtOnce) {
            let asked = Array(places[start..<min(start + Self.statesAtOnce, places.count)])
            summary.questions += 1
            guard case .states(let mine) = try await core.answer(.states(asked)),
                case .states(let theirs) = try await office.answer(.states(asked)),
                mine.count == asked.count, theirs.count == asked.count
            else { throw DriftWalk.cut }
            for (place, (mine, theirs)) in zip(asked, zip(mine, theirs)) {
                let all = DriftFinding.all(core: mine, office: theirs).filter { !isForgotten($0) }
                let comparable = all.filter(isComparable)
                summary.notCompared += all.count - comparable.count
                guard !comparable.isEmpty else { continue }
                different.append((place, comparable, Self.listing(mine, at: place), Self.listing(theirs, at: place)))
            }
        }
        guard !different.isEmpty else { return [] }
        try await pause()
        summary.questions += 1
        let again = DriftQuestion.listings(
            different.map { DriftPrefix(depth: DriftPlace.digits, bits: $0.place.bits) })
        guard case .listings(let mine) = try await core.answer(again),
            case .listings(let theirs) = try await office.answer(again),
            mine.count == different.count, theirs.count == different.count
        else { throw DriftWalk.cut }
        return different.indices.filter { mine[$0] == different[$0].mine && theirs[$0] == different[$0].theirs }
            .flatMap { different[$0].findings }
    }

    private static func listing(_ states: [RecordState], at place: DriftPlace) -> DriftListing {
        guard !states.isEmpty else { return DriftListing([]) }
        let digest = states.reduce(into: DriftDigest()) {
            $0 += DriftDigest(of: $1.record.subject, encoded: $1.record.encoded())
        }
        return DriftListing([DriftListing.Entry(place: place, digest: digest)])
    }

    /// Whether nothing is left of a difference once both have forgotten what they may.
    private func isForgotten(_ finding: DriftFinding) -> Bool {
        guard let horizon else { return false }
        func remembered(_ state: RecordState?) -> Record? {
            let record = state?.record.compacted(before: horizon)
            return record?.isForgotten == true ? nil : record
        }
        return remembered(finding.core) == remembered(finding.office)
    }

    /// Whether the office should hold the record as the core does.
    private func isComparable(_ finding: DriftFinding) -> Bool {
        guard let core = finding.core else { return true }
        return scope.interest(in: core.routes) == .whole
    }
}

/// A tree in memory as a source; of the records themselves it knows nothing.
private struct IndexSource: DriftSource {
    let index: DriftIndex

    func answer(_ question: DriftQuestion) async throws -> DriftAnswer { index.answer(to: question) }
}
