import Foundation
import LockstepTesting
import Testing

/// Two offices that change the same record while neither hears of the other.
@Suite("Changes made in offices", .timeLimit(.minutes(3)), .serialized)
struct EditTests {
    private static let offices = """
          ward-1: { events: ["permit.#"] }
          ward-2: { events: ["permit.#"] }

        """

    /// Runs the workers of both offices until the condition holds, and then stops them.
    private static func work(_ site: Site, until what: String, _ isDone: () async throws -> Bool) async throws {
        let workers = try site.start("worker", "--all")
        try await eventually(what, within: .seconds(60), every: .milliseconds(100), isDone)
        workers.signal(SIGTERM)
        let ended = await workers.ended()
        #expect(ended.status == 0, "\(ended.error)")
    }

    private static func edit(_ site: Site, _ arguments: String...) async throws {
        let ended = try await site.run(["edit"] + arguments)
        #expect(ended.status == 0, "\(ended.error)")
    }

    private static func shown(_ site: Site, _ office: String, _ subject: String) async throws -> String? {
        try await site.records(of: office)[subject]
    }

    /// What both offices show of the one record.
    private static func bothShown(_ site: Site) async throws -> [String?] {
        [try await shown(site, "ward-1", "permit/1"), try await shown(site, "ward-2", "permit/1")]
    }

    /// An office's conflicts without what each office has of its own.
    private static func conflicts(_ site: Site, _ office: String) async throws -> [[String: String]] {
        let ended = try await site.run("conflicts", "list", office, "--all", "--json")
        let rows = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [[String: Any]] ?? []
        return try rows.map { row in
            try row.filter { $0.key != "firstSeen" }.mapValues { value in
                let json = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
                return String(decoding: json, as: UTF8.self)
            }
        }
    }

    @Test("converge, are settled by a person, and are the same in every list")
    func converging() async throws {
        try await withSite(offices: Self.offices) { site in
            try await site.run("publish", "permit.issued", "--about", "permit/1", #"{"status":"Issued","fee":100}"#)
            try await Self.work(site, until: "both have the permit") {
                let both = try await Self.bothShown(site)
                return both[0] != nil && both[0] == both[1]
            }
            // Both are cut off from the broker, which is to them as if it were away.
            try await Self.edit(site, "ward-1", "permit/1", "status=Closed", "inspector=Lee")
            try await Self.edit(site, "ward-2", "permit/1", "status=Held", "rooms=3", "--remove", "fee")
            #expect(
                try await Self.shown(site, "ward-1", "permit/1")
                    == #"{"fee":100,"inspector":"Lee","status":"Closed"}"#)
            try await Self.work(site, until: "both have both changes") {
                let both = try await Self.bothShown(site)
                return both[0] == both[1] && both[0]?.contains(/inspector.*rooms/) == true
            }
            #expect(
                try await Self.shown(site, "ward-1", "permit/1")
                    == #"{"inspector":"Lee","rooms":3,"status":"Held"}"#)
            let conflicts = try await Self.conflicts(site, "ward-1")
            try #require(conflicts.map { $0["field"] } == [#""status""#] && conflicts[0]["state"] == #""decided""#)
            #expect(try await Self.conflicts(site, "ward-2") == conflicts)

            let id = try #require(conflicts[0]["id"]).trimmingCharacters(in: ["\""])
            let unreasoned = try await site.run("conflicts", "resolve", "ward-1", id, "--take", "ward-1")
            #expect(unreasoned.status == 64)
            let resolved = try await site.run(
                "conflicts", "resolve", "ward-1", id, "--take", "ward-1", "--reason", "it was closed", "--by", "lee")
            #expect(resolved.status == 0, "\(resolved.error)")
            try await Self.work(site, until: "both have the decision") {
                try await Self.conflicts(site, "ward-2").first?["state"] == #""settled""#
            }
            let settled = try await Self.conflicts(site, "ward-1")
            try #require(settled.map { $0["reason"] } == [#""it was closed""#] && settled[0]["person"] == #""lee""#)
            #expect(try await Self.conflicts(site, "ward-2") == settled)
            #expect(
                try await Self.shown(site, "ward-2", "permit/1")
                    == #"{"inspector":"Lee","rooms":3,"status":"Closed"}"#)
        }
    }

    @Test("are not lost by a kill between their commit and their publication, and arrive in order")
    func killed() async throws {
        try await withSite(offices: Self.offices) { site in
            try await site.run("publish", "permit.issued", "--about", "permit/1", #"{"step":0}"#)
            try await Self.work(site, until: "both have the permit") {
                try await !Self.bothShown(site).contains(nil)
            }
            // Not committed: as if it had never been.
            let early = try site.start(
                "edit", "ward-1", "permit/1", "step=1", environment: ["LOCKSTEP_CRASH": "appended:1"])
            #expect(await early.ended().status == SIGKILL)
            #expect(try await Self.shown(site, "ward-1", "permit/1") == #"{"step":0}"#)
            let late = try site.start(
                "edit", "ward-1", "permit/1", "step=2", "killed=true",
                environment: ["LOCKSTEP_CRASH": "appendCommitted:1"])
            #expect(await late.ended().status == SIGKILL)
            for step in 3...5 { try await Self.edit(site, "ward-1", "permit/1", "step=\(step)") }
            // A worker that is killed when the broker has them, and has not told so.
            let workers = try site.start("worker", "--all", environment: ["LOCKSTEP_CRASH": "published:1"])
            #expect(await workers.ended().status == SIGKILL)
            try await Self.work(site, until: "the other office has the last one") {
                try await Self.shown(site, "ward-2", "permit/1") == #"{"killed":true,"step":5}"#
            }
            let report = try await site.run("office", "ward-1", "--json")
            #expect(
                report.objects.first?["editsWaiting"] as? Int == 0 || report.output.contains("\"editsWaiting\" : 0"))
            // One that came after a younger one would have been superseded.
            let other = try await site.run("office", "ward-2", "--json").output
            #expect(other.contains("\"conflict\" : 0") && other.contains("\"merged\" : 0"), "\(other)")
        }
    }

    @Test("are refused with what to do")
    func mistakes() async throws {
        try await withSite(offices: Self.offices, applying: false) { site in
            for (arguments, sentence) in [
                (["edit", "ward-3", "permit/1", "a=1"], "there is no office 'ward-3'"),
                (["edit", "ward-1", "permit/1", "a=1"], "has no replica"),
                (["edit", "ward-1", "permit/1"], "nothing is changed"),
                (["edit", "ward-1", "permit/1", "a"], "write field=value"),
                (["edit", "ward-1", "permit/1", "a=1", "a=2"], "given twice"),
                (["edit", "ward-1", "permit/1", "a=1", "--delete"], "leave the fields out"),
                (["conflicts", "list", "ward-1"], "has no replica"),
            ] {
                let ended = try await site.run(arguments)
                #expect(ended.status == 64 && ended.error.contains(sentence), "\(arguments): \(ended.error)")
            }
        }
    }
}
