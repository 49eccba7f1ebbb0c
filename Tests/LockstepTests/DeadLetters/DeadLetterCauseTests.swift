import Lockstep
import Testing

@Suite struct DeadLetterCauseTests {
    @Test(arguments: [
        ("no slot 'A-12' on 2024-04-01", "no slot '…' on #"),
        ("the office's record permit/24-019651 is taken.", "the office's record # is taken."),
        ("answered 503: \"try in 5 s\"", "answered #: \"…\""),
        ("the attribute 'specversion' is missing", "the attribute '…' is missing"),
        ("id 0190c5a2-b3c4-7000-8000-000000000001, again", "id #, again"),
        ("no such slot", "no such slot"),
        ("an unclosed 'quote", "an unclosed 'quote"),
        ("", ""),
    ])
    func whatDiffersBetweenDeliveriesIsBlanked(reason: String, blanked: String) {
        #expect(DeadLetterCause(errorClass: "refused", reason: reason).reason == blanked)
    }

    @Test func theSameCauseHasTheSameIDAndAnotherClassAnother() {
        let first = DeadLetterCause(errorClass: "refused", reason: "no slot 12")
        #expect(first.id == DeadLetterCause(errorClass: "refused", reason: "no slot 7").id)
        #expect(first.id != DeadLetterCause(errorClass: "adapter", reason: "no slot 7").id)
        #expect(first.id.count == 8)
        #expect(first.isMeant(by: first.id.uppercased()))
        #expect(first.isMeant(by: "refused"))
        #expect(!first.isMeant(by: "adapter"))
    }
}
