import Lockstep
import LockstepTesting
import Testing

struct WorkloadTests {
    private static func shape(
        events: Int = 5_000, subjects: Int = 100, skew: Double = 1, replaces: Double = 0.1, deletes: Double = 0.05
    ) throws -> Workload.Shape {
        Workload.Shape(
            types: [try EventType("record.made"), try EventType("record.revised")], events: events, subjects: subjects,
            skew: skew, replaces: replaces, deletes: deletes, sizes: 20...2_000)
    }

    private static func counts(_ workload: Workload) -> [Int] {
        Dictionary(grouping: workload.drafts, by: \.subject).values.map(\.count).sorted(by: >)
    }

    @Test
    func theSameSeedGivesTheSameEventsAndAnotherSeedOthers() throws {
        let shape = try Self.shape(events: 500)
        #expect(try Workload(shape, seed: 1).drafts == Workload(shape, seed: 1).drafts)
        #expect(try Workload(shape, seed: 1).drafts != Workload(shape, seed: 2).drafts)
    }

    @Test
    func everyEventHasAnIDOfItsOwn() throws {
        let drafts = try Workload(try Self.shape(), seed: 3).drafts
        #expect(Set(drafts.compactMap(\.id)).count == drafts.count)
    }

    @Test
    func skewMakesSomeRecordsPopular() throws {
        let even = Self.counts(try Workload(try Self.shape(skew: 0), seed: 4))
        #expect(even.count == 100 && even[0] < 100, "each of a hundred has about fifty")
        let zipf = Self.counts(try Workload(try Self.shape(skew: 1), seed: 4))
        // 5,000 over the hundredth harmonic number, 5.19.
        #expect((850...1_080).contains(zipf[0]), "\(zipf[0])")
        #expect((380...580).contains(zipf[1]), "\(zipf[1])")
    }

    @Test
    func operationsComeAsOftenAsWasAsked() throws {
        let drafts = try Workload(try Self.shape(replaces: 0.3, deletes: 0.1), seed: 5).drafts
        let counts = Dictionary(grouping: drafts, by: \.operation).mapValues(\.count)
        #expect((1_350...1_650).contains(counts[.replace] ?? 0))
        #expect((400...600).contains(counts[.delete] ?? 0))
        #expect(drafts.allSatisfy { ($0.operation == .delete) == $0.data.fields.isEmpty })
    }

    @Test
    func textsAreAsLargeAsWasAsked() throws {
        let drafts = try Workload(try Self.shape(deletes: 0), seed: 6).drafts
        let sizes = drafts.flatMap { $0.data.fields.compactMap { $0.value.stringValue?.utf8.count } }
        #expect(sizes.count == drafts.count)
        #expect(sizes.min() == 20 && sizes.max() == 2_000)
        #expect(sizes.count { $0 < 100 } > sizes.count / 2, "small ones are more frequent")
    }

    @Test
    func aWorkloadOfOneRecordAndOneSizeIsPossible() throws {
        let shape = Workload.Shape(types: [try EventType("a")], events: 10, subjects: 1, sizes: 0...0)
        #expect(try Workload(shape, seed: 7).drafts.count == 10)
    }
}
