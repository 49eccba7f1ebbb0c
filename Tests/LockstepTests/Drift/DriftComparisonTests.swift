import Lockstep
import LockstepTesting
import Synchronization
import Testing

/// What an office is said to lack, and what is left alone.
struct DriftComparisonTests {
    @Test func whatChangesMeanwhileIsOnItsWay() async throws {
        let early = try Sample.change(1, ["status": "Issued"])
        let late = try Sample.change(2, ["status": "Closed"])
        let core = try MemorySource(["permit/1": [early, late], "permit/2": [early], "permit/3": [early, late]])
        let office = try MemorySource(["permit/1": [early], "permit/3": [early]])
        let scope = DriftScope(Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]))
        let comparison = DriftComparison(core: core, index: nil, office: office, scope: scope) {
            try office.merge(late, into: "permit/1")
        }
        let found = Mutex<[DriftFinding]>([])
        let summary = try await comparison.run { findings in found.withLock { $0 += findings } }
        let named = Set(found.withLock { $0 }.map { "\($0.subject) \($0.kind)" })
        #expect(named == ["permit/2 missing", "permit/3 behind"])
        #expect(summary.differing == 2 && summary.core == 3 && summary.office == 2 && summary.notCompared == 0)
    }

    @Test func sendingEachSideWhatItLacksMakesThemEqual() async throws {
        try await forEachSeed(40) { _, generator async throws in
            var (mine, theirs): ([String: [RecordChange]], [String: [RecordChange]]) = ([:], [:])
            for number in 0..<40 {
                let changes = try RandomHistory(using: &generator).changes
                mine["permit/\(number)"] = changes.filter { _ in generator.chance(0.9) }
                theirs["permit/\(number)"] = changes.filter { _ in generator.chance(0.9) }
            }
            let (core, office) = (try MemorySource(mine), try MemorySource(theirs))
            let scope = DriftScope(Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]))
            let comparison = DriftComparison(core: core, index: nil, office: office, scope: scope) {}
            _ = try await comparison.run { findings in
                for finding in findings {
                    if let state = finding.forOffice { office.join(state.record) }
                    if let state = finding.forCore { core.join(state.record) }
                }
            }
            try demand(core.encoded == office.encoded, "the two still differ")
            let again = try await comparison.run { _ in throw BrokenAgain() }
            try demand(again.differing == 0 && again.questions == 1, "a second run found something")
        }
    }

    /// Each office forgets at a time of its own.
    @Test func whatOnlyOneSideHasForgottenYetIsNoDrift() async throws {
        let early = try Sample.change(1, ["status": "Issued"])
        var late = try Sample.change(2, by: "ward-3", ["status": "Closed"])
        late.seen = .everywhere(VersionVector([early.version]))
        let core = try MemorySource(["permit/1": [early, late], "permit/2": [try Sample.change(1, .delete, [:])]])
        let office = try MemorySource(["permit/1": [early, late]])
        office.compact("permit/1", before: ClockReading(2))
        let scope = DriftScope(Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("#")]))
        func differing(_ horizon: ClockReading?) async throws -> Int {
            let comparison = DriftComparison(
                core: core, index: nil, office: office, scope: scope, horizon: horizon
            ) {}
            return try await comparison.run { _ in }.differing
        }
        #expect(try await differing(nil) == 2)
        #expect(try await differing(ClockReading(2)) == 0)
        try office.merge(try Sample.change(3, ["status": "Open"]), into: "permit/1")
        #expect(try await differing(ClockReading(2)) == 1, "but what is newer is")
    }

    /// What an office is not sent all events of is neither named nor sent.
    @Test func recordsOfOtherOfficesAreNotMissing() async throws {
        let change = try Sample.change(1, ["status": "Issued"])
        let core = try MemorySource(["permit/1": [change], "permit/2": [change], "permit/3": [change]])
        core.routes = ["permit/1": ["permit.issued.ward-3"], "permit/2": ["permit.issued.ward-4"]]
        core.routes["permit/3"] = ["permit.issued.ward-3", "permit.issued.ward-4"]
        let office = try MemorySource(["permit/3": [try Sample.change(2, ["status": "Closed"])]])
        let scope = DriftScope(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("permit.*.ward-3")]))
        let index = core.index { scope.interest(in: $0) == .whole }
        let comparison = DriftComparison(core: core, index: index, office: office, scope: scope) {}
        let found = Mutex<[DriftFinding]>([])
        let summary = try await comparison.run { findings in found.withLock { $0 += findings } }
        #expect(found.withLock { $0 }.map(\.subject.text) == ["permit/1"])
        #expect(summary.notCompared == 1)
    }
}

private struct BrokenAgain: Error {}

/// A replica in memory.
private final class MemorySource: DriftSource, @unchecked Sendable {
    // Unchecked: each test uses it from one task at a time.
    private var records: [String: Record] = [:]
    var routes: [String: [String]] = [:]

    init(_ changes: [String: [RecordChange]]) throws {
        for (subject, changes) in changes where !changes.isEmpty {
            for change in changes { try merge(change, into: subject) }
        }
    }

    var encoded: [String: [UInt8]] { records.mapValues { $0.encoded() } }

    func merge(_ change: RecordChange, into subject: String) throws {
        let empty = Record(subject: try Subject(subject))
        records[subject, default: empty].merge(change)
    }

    func compact(_ subject: String, before horizon: ClockReading) {
        records[subject] = records[subject]?.compacted(before: horizon)
    }

    func join(_ record: Record) {
        records[record.subject.text, default: Record(subject: record.subject)].join(record)
    }

    func index(where isWanted: ([String]?) -> Bool = { _ in true }) -> DriftIndex {
        DriftIndex(
            records.values.filter { isWanted(routes[$0.subject.text]) }.map {
                DriftListing.Entry(
                    place: DriftPlace(of: $0.subject), digest: DriftDigest(of: $0.subject, encoded: $0.encoded()))
            })
    }

    func answer(_ question: DriftQuestion) async throws -> DriftAnswer {
        guard case .states(let places) = question else { return index().answer(to: question) }
        return .states(
            places.map { place in
                records.values.filter { DriftPlace(of: $0.subject) == place }.map {
                    RecordState($0, routes: routes[$0.subject.text])
                }
            })
    }
}
