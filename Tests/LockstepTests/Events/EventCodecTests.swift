import Lockstep
import Testing

struct EventCodecTests {
    private static let complete = #"""
        {"specversion":"1.0","id":"e-1","source":"core","type":"permit.issued","subject":"permit/1",
         "time":"2024-04-01T08:30:00Z","scope":"ward-3","recordversion":"0190c5a2b3c40000-core",
         "recordseen":"ward-3=0190c5a2b3c40001","traceparent":"00-a-b-01","myextension":7,"data":{"status":"Issued"}}
        """#

    @Test func everyAttributeIsUnderstood() throws {
        let event = try EventCodec.draft(fromJSON: Array(Self.complete.utf8), strict: true).received()
        #expect(event.routingKey == "permit.issued.ward-3")
        #expect(event.version.description == "0190c5a2b3c40000-core")
        #expect(event.seen.text == "ward-3=0190c5a2b3c40001")
        #expect(event.extensions == ["myextension": "7"])
        #expect(event.time.rfc3339 == "2024-04-01T08:30:00Z")
    }

    @Test func whatIsWrittenIsReadBackTheSame() throws {
        let event = try EventCodec.draft(fromJSON: Array(Self.complete.utf8), strict: true).received()
        let again = try EventCodec.draft(fromJSON: Array(EventCodec.json(event).utf8), strict: true).received()
        #expect(again == event)
    }

    @Test(arguments: [
        (#"{"type":"a","subject":"b"}"#, "data"),
        (#"{"subject":"b","data":{}}"#, "'type' is missing"),
        (#"{"type":"a","data":{}}"#, "'subject' is missing"),
        (#"{"type":"a b","subject":"b","data":{}}"#, "event type"),
        (#"{"type":"a","subject":"","data":{}}"#, "subject"),
        (#"{"type":"a","subject":"b","data":[]}"#, "JSON object"),
        (#"{"type":"a","subject":"b","data":"x"}"#, "JSON object"),
        (#"{"type":"a","subject":"b","data_base64":"e30="}"#, "data_base64"),
        (#"{"type":"a","subject":"b","data":{},"time":"yesterday"}"#, "RFC 3339"),
        (#"{"type":"a","subject":"b","data":{},"scope":"A B"}"#, "scope"),
        (#"{"type":"a","subject":"b","data":{},"specversion":"0.3"}"#, "specversion"),
        (#"{"type":"a","subject":"b","data":{},"operation":"upsert"}"#, "operation"),
        (#"{"type":"a","subject":"b","data":{},"recordversion":"7"}"#, "version"),
        (#"{"type":"a","subject":"b","data":{},"datacontenttype":"text/xml"}"#, "application/json"),
        (#"{"type":{},"subject":"b","data":{}}"#, "object or an array"),
    ])
    func whatIsWrongIsNamed(_ json: String, _ reason: String) {
        let error = #expect(throws: LockstepError.self) { try EventCodec.draft(fromJSON: Array(json.utf8)) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func aStrangerMustSayWhichSpecificationItFollows() {
        let json = #"{"type":"a","subject":"b","data":{}}"#
        #expect(throws: LockstepError.self) { try EventCodec.draft(fromJSON: Array(json.utf8), strict: true) }
    }

    @Test func aStrangersVersionIsDerivedAlikeEverywhere() throws {
        let json =
            #"{"specversion":"1.0","id":"1","source":"x","type":"a","subject":"b","time":"2024-04-01T08:30:00.123456Z","data":{}}"#
        let first = try EventCodec.draft(fromJSON: Array(json.utf8), strict: true).received()
        let second = try EventCodec.draft(fromJSON: Array(json.utf8), strict: true).received()
        #expect(first.version == second.version)
        #expect(first.version.reading.milliseconds == 1_711_960_200_123)
    }

    @Test func withoutTimeAndVersionThereIsNoOrder() throws {
        let json = #"{"specversion":"1.0","id":"1","source":"x","type":"a","subject":"b","data":{}}"#
        let draft = try EventCodec.draft(fromJSON: Array(json.utf8), strict: true)
        #expect(throws: LockstepError.self) { try draft.received() }
    }

    @Test func ownIdsAreUUIDsOfVersion7AndSortByTime() {
        var generator = SystemRandomNumberGenerator()
        let early = EventID(milliseconds: 1_700_000_000_000, using: &generator).text
        let late = EventID(milliseconds: 1_700_000_000_001, using: &generator).text
        #expect(early.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(early < late)
    }
}
