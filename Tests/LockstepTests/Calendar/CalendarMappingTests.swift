import Lockstep
import Testing

struct CalendarMappingTests {
    private static func mapping() throws -> CalendarMapping {
        CalendarMapping(
            match: try TopicPattern("permit.*"),
            title: try Template("{WORKDESC}: {SUBDESC}"),
            place: try Template("{ADDRESS}"),
            starts: try Template("{ISSUEDATE}"),
            status: try Template("{STATUS}")
        )
    }

    @Test func aPermitBecomesAnEntry() throws {
        let data: JSONObject = [
            "WORKDESC": "New", "SUBDESC": "Attached Deck", "ADDRESS": "1268 ABBEY CRT.   ",
            "ISSUEDATE": "2024/11/04 00:00:00+00", "STATUS": "Final",
        ]
        let entry = try Self.mapping().entry(
            subject: try Subject("permit/1"), version: try Sample.version(1), data: data)
        #expect(entry.title == "New: Attached Deck")
        #expect(entry.place == "1268 ABBEY CRT.")
        #expect(entry.starts == "2024-11-04")
        #expect(entry.status == "Final")
    }

    @Test func aDateThatIsNotThereYetIsNoRefusal() throws {
        let entry = try Self.mapping().entry(
            subject: try Subject("permit/1"), version: try Sample.version(1), data: [:])
        #expect(entry.starts == nil)
    }

    @Test func whatIsNoDateIsRefusedWithoutSayingWhatItIs() throws {
        let error = #expect(throws: CalendarMapping.Refusal.self) {
            try Self.mapping().entry(
                subject: try Subject("permit/1"),
                version: try Sample.version(1),
                data: ["ISSUEDATE": "hunter2"]
            )
        }
        #expect(error?.reason.contains("'starts' is not a date") == true)
        #expect(error?.reason.contains("hunter2") == false)
    }

    @Test func theFirstMappingThatFitsCounts() throws {
        var everything = try Self.mapping()
        everything.match = try TopicPattern("#")
        let mappings = [try Self.mapping(), everything]
        #expect(mappings.mapping(forTypes: ["permit.issued"])?.match.text == "permit.*")
        #expect(mappings.mapping(forTypes: ["policy.started"])?.match.text == "#")
        #expect([try Self.mapping()].mapping(forTypes: ["policy.started"]) == nil)
    }

    @Test(arguments: [("{{a}} {b}", "{a} 1"), ("{b}{b}", "11"), ("x  {c}  y", "x y"), ("{d}", "true")])
    func templatesAreFilled(_ template: String, _ filled: String) throws {
        #expect(try Template(template).fill(from: ["b": 1, "c": .null, "d": true]) == filled)
    }

    @Test(arguments: ["{", "}", "{}", "{a", "a}", "{a{b}"])
    func malformedTemplatesAreRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try Template(text) }
    }
}
