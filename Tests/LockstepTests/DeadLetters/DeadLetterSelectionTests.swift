import Lockstep
import Testing

@Suite struct DeadLetterSelectionTests {
    private static func isChosen(
        by selection: DeadLetterSelection, type: String? = "permit.issued", subject: String? = "permit/24-1",
        diedAt: Int64? = 1_000
    ) -> Bool {
        selection.contains(
            id: "event-1", type: type, subject: subject, diedAt: diedAt.map { Timestamp(microseconds: $0) },
            cause: DeadLetterCause(errorClass: "refused", reason: "no slot 12"))
    }

    @Test func allAreMeantWhereNothingIsSaid() {
        #expect(DeadLetterSelection.all.isAll)
        #expect(Self.isChosen(by: .all, type: nil, subject: nil, diedAt: nil))
    }

    @Test func allThatIsSaidMustFit() throws {
        let cause = DeadLetterCause(errorClass: "refused", reason: "no slot 99").id
        var selection = DeadLetterSelection(
            ids: ["event-1"], since: Timestamp(microseconds: 1_000), until: Timestamp(microseconds: 1_001),
            type: try TopicPattern("permit.*"), about: "permit/24-*", cause: cause)
        #expect(Self.isChosen(by: selection))
        selection.cause = "adapter"
        #expect(!Self.isChosen(by: selection))
    }

    @Test func aTimeIsFromItsBeginToBeforeItsEnd() {
        let from = { DeadLetterSelection(since: Timestamp(microseconds: $0)) }
        let until = { DeadLetterSelection(until: Timestamp(microseconds: $0)) }
        #expect(Self.isChosen(by: from(1_000)))
        #expect(!Self.isChosen(by: from(1_001)))
        #expect(Self.isChosen(by: until(1_001)))
        #expect(!Self.isChosen(by: until(1_000)))
        #expect(!Self.isChosen(by: from(0), diedAt: nil))
    }

    @Test func aRecordIsNamedWholeOrByItsBegin() {
        #expect(Self.isChosen(by: DeadLetterSelection(about: "permit/24-1")))
        #expect(!Self.isChosen(by: DeadLetterSelection(about: "permit/24")))
        #expect(Self.isChosen(by: DeadLetterSelection(about: "permit/*")))
        #expect(!Self.isChosen(by: DeadLetterSelection(about: "permit/*"), subject: nil))
        #expect(!Self.isChosen(by: DeadLetterSelection(ids: ["event-2"])))
    }

    @Test func aTypeThatIsNotKnownFitsNoPattern() throws {
        #expect(!Self.isChosen(by: DeadLetterSelection(type: try TopicPattern("#")), type: nil))
        #expect(!Self.isChosen(by: DeadLetterSelection(type: try TopicPattern("policy.*"))))
    }
}
