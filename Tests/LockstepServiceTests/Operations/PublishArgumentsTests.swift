import Lockstep
import LockstepService
import Testing

@Suite("Arguments of publish")
struct PublishArgumentsTests {
    @Test("all arguments reach the event")
    func complete() throws {
        let draft = try PublishArguments(
            type: "permit.issued", subject: "permit/24-019651", scope: "ward-3", operation: .replace,
            source: "ward-3", data: #"{"status":"Issued"}"#
        ).draft()
        #expect(draft.type.text == "permit.issued")
        #expect(draft.subject.text == "permit/24-019651")
        #expect(draft.scope?.text == "ward-3")
        #expect(draft.operation == .replace)
        #expect(draft.source?.text == "ward-3")
        #expect(draft.data["status"]?.text == "\"Issued\"")
        #expect(draft.version == nil)
    }

    @Test("a deletion needs no data")
    func deletion() throws {
        let draft = try PublishArguments(type: "permit.voided", subject: "permit/1", operation: .delete).draft()
        #expect(draft.operation == .delete)
        #expect(draft.data == JSONObject())
    }

    static let refused: [(arguments: PublishArguments, beginning: String)] = [
        (PublishArguments(type: "permit..x", subject: "a", data: "{}"), "TYPE: not an event type"),
        (PublishArguments(type: "a", subject: "", data: "{}"), "--about: not a subject"),
        (PublishArguments(type: "a", subject: "a", scope: "Ward 3", data: "{}"), "--scope: not a scope"),
        (PublishArguments(type: "a", subject: "a", source: "a b", data: "{}"), "--source: not an origin"),
        (PublishArguments(type: "a", subject: "a", data: "[1]"), "DATA: "),
        (PublishArguments(type: "a", subject: "a", data: "{"), "DATA: "),
        (PublishArguments(type: "a", subject: "a"), "DATA is missing; give a JSON object"),
        (PublishArguments(type: "a", subject: "a", operation: .delete, data: "{}"), "DATA: an event that deletes"),
    ]

    @Test("what is wrong is named by its argument", arguments: refused)
    func refuses(arguments: PublishArguments, beginning: String) {
        let error = #expect(throws: LockstepError.self) { try arguments.draft() }
        #expect(error?.message.hasPrefix(beginning) == true, "\(error?.message ?? "")")
        #expect(error.map { CommandStatus($0) } == .usage)
    }
}
