import LockstepTesting
import Logging
import Testing

@testable import Lockstep

@Suite("A rehearsal", .timeLimit(.minutes(1)))
struct RehearsalTests {
    private struct Broken: Error {}
    private struct Plain: Adapter {
        func apply(_ changes: [Change], in context: AdapterContext) async throws -> [ApplyOutcome] { [] }
    }

    private static func rehearse(_ adapter: any Adapter, _ count: Int = 1) async throws -> [Rehearsal] {
        let changes = try (1...count).map { Change(try Sample.event(UInt64($0), about: "permit/\($0)")) }
        let context = AdapterContext(
            office: try OfficeName("ward-3"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await adapter.rehearse(changes, in: context)
    }

    @Test("is what an adapter need not know")
    func standard() async throws {
        let answers = [Rehearsal](repeating: .cannotSay("this office's adapter cannot be rehearsed"), count: 2)
        #expect(try await Self.rehearse(Plain(), 2) == answers)
        #expect(try await Self.rehearse(ClosureAdapter { _ in }, 2) == answers)
    }

    @Test("of a closure is another closure's answer for each change")
    func closure() async throws {
        let adapter = ClosureAdapter(
            rehearsal: { change in
                if change.subject.text == "permit/1" { throw Broken() }
                return change.subject.text == "permit/2" ? .wouldRefuse("no slot") : .wouldApply()
            }, { _ in Issue.record("nothing is applied") })
        #expect(
            try await Self.rehearse(adapter, 3)
                == [.cannotSay("the adapter threw Broken"), .wouldRefuse("no slot"), .wouldApply()])
    }

    @Test("goes through the broker as it is, and of what is none nothing is made")
    func json() throws {
        let answers = [
            OfficeRehearsal(Acceptance(.applied), adapter: nil),
            OfficeRehearsal(Acceptance(.merged, refusal: "no \"day\""), adapter: .notTold("x")),
            OfficeRehearsal(Acceptance(.duplicate), adapter: .wouldApply()),
            OfficeRehearsal(Acceptance(.applied), adapter: .wouldRefuse("no slot")),
        ]
        for answer in answers { #expect(OfficeRehearsal(try JSONObject(parsing: answer.json.utf8)) == answer) }
        for other: JSONObject in [
            [:], ["outcome": "applied"], ["outcome": "other", "adapter": .null],
            ["outcome": "applied", "adapter": "would-dance"],
        ] {
            #expect(OfficeRehearsal(other) == nil)
        }
    }
}
