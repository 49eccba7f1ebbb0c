import Foundation
import LockstepTesting
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized)
struct CommandTests {
    private static let offices = """
          ward-3:
            events: ["permit.*.ward-3", "policy.#"]
            retry: { attempts: 3, delays: [1s] }
            calendar:
              - { match: "permit.*", title: "{what}", starts: "{date}", status: "{status}" }
          city-hall: { events: ["#"] }

        """

    /// NDJSON of permits of one ward, each issued and then revised so many times.
    private static func history(permits: Int, revisions: Int) -> String {
        var lines = ""
        for revision in 0..<revisions {
            for permit in 0..<permits {
                lines += #"{"type":"permit.revised","subject":"permit/\#(permit)","scope":"ward-3","#
                lines += #""data":{"revision":\#(revision),"r\#(revision)":true}}"# + "\n"
            }
        }
        return lines
    }

    @Test func anEventReachesItsOfficesRecordsAndCalendar() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "--all")
            let data = #"{"what":"Deck","date":"2024/11/04 00:00:00+00","status":"Issued"}"#
            let published = try await site.run(
                "publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", data)
            #expect(published.status == 0, "\(published.error)")
            try await eventually("both offices have it") {
                let both = try await (site.records(of: "ward-3"), site.records(of: "city-hall"))
                return both.0 == both.1 && both.0.count == 1
            }
            let calendar = try await site.run("office", "ward-3", "--calendar", "--json")
            #expect(
                calendar.output.contains(#""starts":"2024-11-04""#)
                    || calendar.output.contains(#""starts" : "2024-11-04""#))
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test func badLinesAreReportedByNumberAndGoodOnesArePublished() async throws {
        try await withSite(offices: Self.offices) { site in
            let input = """
                {"type":"policy.started","subject":"policy/1","data":{"a":1}}
                not json

                {"type":"policy.started","data":{}}
                {"type":"policy.started","subject":"policy/2","data":{"a":1}}
                """
            let ended = try await site.run("publish", "--from", "-", input: input)
            #expect(ended.status == 1)
            #expect(ended.error.contains("line 2"))
            #expect(ended.error.contains("line 4"))
            #expect(ended.error.contains("'subject' is missing"))
            #expect(!ended.error.contains("line 3"))
            let again = try await site.run("publish", "--from", "-", "--json", input: input)
            #expect(again.output.contains("2"))
        }
    }

    @Test func aWorkerThatIsKilledAgainAndAgainLosesNothing() async throws {
        try await withSite(offices: Self.offices) { site in
            let publishing = try site.start("publish", "--from", "-", input: Self.history(permits: 200, revisions: 8))
            for _ in 0..<4 {
                let worker = try site.start("worker", "ward-3")
                try await eventually("the worker is at work") { worker.errorSoFar.contains("office is at work") }
                worker.signal(SIGKILL)
                _ = await worker.ended()
            }
            let published = await publishing.ended()
            #expect(published.status == 0, "\(published.error)")
            let worker = try site.start("worker", "--all")
            try await eventually("every record is as the last revision left it", within: .seconds(60)) {
                let (ward, hall) = try await (site.records(of: "ward-3"), site.records(of: "city-hall"))
                let last =
                    #"{"r0":true,"r1":true,"r2":true,"r3":true,"r4":true,"r5":true,"r6":true,"r7":true,"revision":7}"#
                return ward.count == 200 && ward.values.allSatisfy { $0 == last } && hall == ward
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
            #expect(try await site.deadLetterClasses(of: "ward-3").isEmpty)
        }
    }

    @Test func aQueueThatWasDeletedUnderItsWorkerComesBack() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            try await eventually("the worker is at work") { worker.errorSoFar.contains("office is at work") }
            // Deleted before it was subscribed to, the queue would be declared again without a word.
            try await site.run("publish", "permit.issued", "--about", "permit/0", "--scope", "ward-3", "{}")
            try await eventually("it consumes") { try await site.records(of: "ward-3")["permit/0"] != nil }
            try await site.host.manage("DELETE", "queues/\(site.host.name)/lockstep.office.ward-3")
            try await eventually("the queue is declared again") { worker.errorSoFar.contains("declared again") }
            try await eventually("events arrive again", every: .milliseconds(500)) {
                try await site.run("publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", "{}")
                return try await site.records(of: "ward-3")["permit/1"] != nil
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test func whatTheCalendarRefusesIsADeadLetterAndCanBeReplayed() async throws {
        try await withSite(offices: Self.offices) { site in
            let worker = try site.start("worker", "ward-3")
            let refused = #"{"what":"Deck","date":"soon"}"#
            try await site.run("publish", "permit.issued", "--about", "permit/1", "--scope", "ward-3", refused)
            try await eventually("it is a dead letter") {
                try await site.deadLetterClasses(of: "ward-3") == ["refused"]
            }
            try await site.run(
                "publish", "permit.revised", "--about", "permit/1", "--scope", "ward-3", #"{"date":"2024-11-04"}"#)
            let replayed = try await site.run(
                "dead-letters", "replay", "ward-3", "--all", "--by", "ada", "--reason", "it has a day")
            #expect(replayed.status == 0, "\(replayed.error)")
            let report = try await site.run("report").output
            #expect(report.contains("ada     replayed  ward-3      1  all    it has a day"), "\(report)")
            try await eventually("nothing is dead, and the record is whole") {
                let isClear = try await site.deadLetterClasses(of: "ward-3").isEmpty
                let record = try await site.records(of: "ward-3")["permit/1"]
                return isClear && record == #"{"date":"2024-11-04","what":"Deck"}"#
            }
            worker.signal(SIGTERM)
            #expect(await worker.ended().status == 0)
        }
    }

    @Test func aTopologyThatDiffersIsNamedAndFailsTheCheck() async throws {
        try await withSite(offices: Self.offices, applying: false) { site in
            let before = try await site.run("topology", "check")
            #expect(before.status == 1)
            #expect(before.output.contains("lockstep.office.ward-3"))
            #expect(try await site.run("topology", "apply").status == 0)
            #expect(try await site.run("topology", "check").status == 0)
        }
    }

    @Test func whatDeployDefinesIsWhatTheOfficesNeed() async throws {
        var offices = ""
        for ward in 1...6 { offices += "  ward-\(ward): { events: [\"permit.*.ward-\(ward)\", \"policy.#\"] }\n" }
        offices += "  city-hall: { events: [\"#\"] }\n"
        try await withSite(offices: offices, applying: false) { site in
            let file = Site.checkout.appending(path: "deploy/rabbitmq/definitions.json")
            var definitions = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            for key in definitions.keys where !["queues", "exchanges", "bindings"].contains(key) {
                definitions[key] = nil
            }
            // The file says which virtual host; here it is another one, which the address names.
            for key in ["queues", "exchanges", "bindings"] {
                definitions[key] = (definitions[key] as? [[String: Any]])?.map { object in
                    object.filter { $0.key != "vhost" }
                }
            }
            let body = String(decoding: try JSONSerialization.data(withJSONObject: definitions), as: UTF8.self)
            try await site.host.manage("POST", "definitions/\(site.host.name)", body)
            let check = try await site.run("topology", "check")
            #expect(check.status == 0, "\(check.output)")
        }
    }

    @Test func doctorFindsNothingWrongAtAHealthySite() async throws {
        try await withSite(offices: Self.offices) { site in
            let ended = try await site.run("doctor")
            #expect(ended.status == 0, "\(ended.output)")
            #expect(!ended.output.contains("failed"))
        }
    }
}
