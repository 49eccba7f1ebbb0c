import Foundation
import Lockstep
import LockstepTesting
import Testing

@testable import LockstepHTTP

/// What the guide for receivers says is tried out in its own language.
@Suite("The guide for receivers", .timeLimit(.minutes(1)))
struct ReceivingGuideTests {
    private static let python = "/usr/bin/python3"
    private static let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]

    /// The guide's function, and what asks it about one request, which stands in a file.
    private static func program() throws -> String {
        let guide = URL(filePath: #filePath).appending(
            path: "../../../Sources/LockstepHTTP/LockstepHTTP.docc/Receiving.md"
        ).standardizedFileURL
        let text = try String(contentsOf: guide, encoding: .utf8)
        let block = try #require(text.split(separator: "```python\n").last?.split(separator: "\n```").first)
        return block + """


            import json, sys
            request = json.load(open(sys.argv[1]))
            try:
                check(request["secrets"], request["headers"], request["body"].encode(), request["now"])
            except ValueError as error:
                sys.exit(str(error))
            """
    }

    private struct Request: Encodable {
        var secrets: [String]
        var headers: [String: String]
        var body: String
        var now: Int
    }

    /// What a request looks like that is signed with these secrets.
    private static func request(signedWith secrets: [String], knowing known: [String]) throws -> Request {
        let change = Change(
            subject: try Subject("permit/ä"), version: try Version("0190c5a2b3c40000-core"), data: ["name": "Zoë"],
            types: ["permit.issued"])
        let message = try WebhookMessage(change, mode: .structured)
        let headers = message.headers(
            at: Timestamp(microseconds: 1_721_294_000_000_000), secrets: try secrets.map(WebhookSecret.init))
        return Request(
            secrets: known, headers: Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) }),
            body: String(decoding: message.body, as: UTF8.self), now: 1_721_294_010)
    }

    /// What the guide's function says of a request; nil: it is genuine.
    private static func complaint(about request: Request) async throws -> String? {
        try await withTemporaryDirectory { directory in
            let (script, file) = (directory.appending(path: "check.py"), directory.appending(path: "request.json"))
            try Data(try program().utf8).write(to: script)
            try JSONEncoder().encode(request).write(to: file)
            let answer = try ShortProgram.run(python, [script.path, file.path])
            return answer.status == 0 ? nil : answer.error
        }
    }

    @Test(
        "its check takes what is genuine, by either secret while they change, and nothing else",
        .enabled(if: FileManager.default.isExecutableFile(atPath: python)))
    func check() async throws {
        let (new, old) = (Self.secrets[0], Self.secrets[1])
        let genuine = try Self.request(signedWith: [new], knowing: [new])
        #expect(try await Self.complaint(about: genuine) == nil)
        // Each side may be the first to have both.
        for known in [[new], [old], [new, old]] {
            #expect(try await Self.complaint(about: try Self.request(signedWith: [new, old], knowing: known)) == nil)
        }
        #expect(try await Self.complaint(about: try Self.request(signedWith: [old], knowing: [new, old])) == nil)

        let stranger = try Self.request(signedWith: [old], knowing: [new])
        #expect(try await Self.complaint(about: stranger)?.contains("not signed") == true)
        var changed = genuine
        changed.body = changed.body.replacing("Zoë", with: "Joe")
        #expect(try await Self.complaint(about: changed)?.contains("not signed") == true)
        var renamed = genuine
        renamed.headers["webhook-id"] = "another"
        #expect(try await Self.complaint(about: renamed)?.contains("not signed") == true)
        for later in [301, -301] {
            var late = genuine
            late.now = 1_721_294_000 + later
            #expect(try await Self.complaint(about: late)?.contains("too long ago") == true)
        }
    }
}
