import Lockstep
import LockstepTesting
import Testing

/// Walking two trees finds exactly the places where they differ.
struct DriftWalkTests {
    @Test(.timeLimit(.minutes(5)))
    func findsExactlyTheDifferences() throws {
        try forEachSeed(60) { _, generator in
            let count = [0, 1, 30, 1_000, 5_000].randomElement(using: &generator) ?? 0
            var mine: [UInt64: UInt64] = [:]
            for _ in 0..<count { mine[Self.place(&generator)] = generator.next() }
            var theirs = mine
            var changed: Set<UInt64> = []
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let place =
                    Bool.random(using: &generator)
                    ? mine.keys.randomElement(using: &generator) ?? Self.place(&generator) : Self.place(&generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: theirs[place] = nil
                default: theirs[place] = generator.next()
                }
                changed.insert(place)
            }
            let expected = changed.filter { mine[$0] != theirs[$0] }
            let (places, _) = try Self.walk(Self.index(mine), Self.index(theirs))
            try demand(Set(places.map(\.bits)) == expected && places.count == expected.count, "other places were found")
        }
    }

    @Test func asksOnceWhereNothingDiffers() throws {
        var generator = SeededGenerator(seed: 1)
        let index = Self.index(
            Dictionary((0..<20_000).map { _ in (Self.place(&generator), generator.next()) }) { first, _ in first })
        let (places, questions) = try Self.walk(index, index)
        #expect(places.isEmpty && questions == 1)
    }

    /// A listing that lost its end would else look like so many missing records.
    @Test func concludesNothingFromAListingThatWasCut() throws {
        var generator = SeededGenerator(seed: 2)
        var contents: [UInt64: UInt64] = [:]
        for _ in 0..<200 { contents[Self.place(&generator)] = generator.next() }
        let mine = Self.index(contents)
        contents[contents.keys.sorted()[7]]? += 1
        let theirs = Self.index(contents)
        var walk = DriftWalk()
        while case .nodes? = walk.question { try Self.step(&walk, mine, theirs) }
        guard case .listings(let prefixes)? = walk.question,
            case .listings(var cut) = theirs.answer(to: .listings(prefixes))
        else {
            Issue.record("there is no listing")
            return
        }
        cut[0].entries.removeLast()
        #expect(throws: LockstepError.self) {
            try walk.take(mine: mine.answer(to: .listings(prefixes)), theirs: .listings(cut))
        }
        #expect(throws: LockstepError.self) {
            try walk.take(mine: mine.answer(to: .listings(prefixes)), theirs: .listings([]))
        }
        #expect(walk.places.isEmpty)
    }

    @Test func saysWhoHasWhat() throws {
        let first = try Sample.change(1, ["status": "Issued"])
        let second = try Sample.change(2, by: "ward-3", ["ward": "3"])
        let both = RecordState(try Sample.record([first, second]), routes: nil)
        let one = RecordState(try Sample.record([first]), routes: nil)
        let other = RecordState(try Sample.record([second]), routes: nil)
        #expect(DriftFinding(core: both, office: both) == nil)
        #expect(DriftFinding(core: both, office: nil)?.kind == .missing)
        #expect(DriftFinding(core: both, office: one)?.kind == .behind)
        #expect(DriftFinding(core: one, office: both)?.kind == .ahead)
        #expect(DriftFinding(core: nil, office: one)?.kind == .ahead)
        #expect(DriftFinding(core: one, office: other)?.kind == .different)
    }

    @Test func comparesOnlyWhatAnOfficeHasAllEventsOf() throws {
        let scope = DriftScope(
            Subscription(office: try OfficeName("ward-3"), events: [try TopicPattern("permit.*.ward-3")]))
        #expect(scope.interest(in: ["permit.issued.ward-3"]) == .whole)
        #expect(scope.interest(in: ["permit.issued.ward-3", "permit.issued.ward-4"]) == .part)
        #expect(scope.interest(in: ["permit.issued", "policy.started"]) == DriftScope.Interest.none)
        #expect(scope.interest(in: nil) == .unknown)
        let all = DriftScope(Subscription(office: try OfficeName("city"), events: [try TopicPattern("#")]))
        #expect(all.interest(in: nil) == .whole)
    }

    private static func place(_ generator: inout SeededGenerator) -> UInt64 { generator.next() >> 4 }

    private static func index(_ contents: [UInt64: UInt64]) -> DriftIndex {
        DriftIndex(
            contents.map {
                DriftListing.Entry(
                    place: DriftPlace(bits: $0.key), digest: DriftDigest(count: 1, low: $0.value, high: $0.value &* 3))
            })
    }

    private static func walk(_ mine: DriftIndex, _ theirs: DriftIndex) throws -> ([DriftPlace], questions: Int) {
        var walk = DriftWalk()
        var questions = 0
        while walk.question != nil {
            try step(&walk, mine, theirs)
            questions += 1
        }
        return (walk.places, questions)
    }

    private static func step(_ walk: inout DriftWalk, _ mine: DriftIndex, _ theirs: DriftIndex) throws {
        guard let question = walk.question else { return }
        try walk.take(mine: mine.answer(to: question), theirs: theirs.answer(to: question))
    }
}
