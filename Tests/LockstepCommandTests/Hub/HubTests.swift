import Foundation
import LockstepTesting
import Testing

/// The hub between systems that speak only HTTP and offices that work from their queues.
@Suite("The hub", .timeLimit(.minutes(5)), .serialized)
struct HubTests {
    private static let offices = """
          ward-3: { events: ["permit.*.ward-3"] }

        """

    /// Makes a token, and hands over its secret.
    private static func token(_ site: Site, _ name: String, _ role: String, _ more: String...) async throws -> String {
        let ended = try await site.run(["tokens", "create", name, "--role", role, "--json"] + more)
        guard ended.status == 0,
            let object = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any],
            let secret = object["secret"] as? String
        else { throw SiteError(description: ended.error) }
        return secret
    }

    @Test("takes an event by HTTP that an office then has, and says so")
    func eventToOffice() async throws {
        try await withSite(offices: Self.offices) { site in
            let hub = try await HubAtWork.start(site)
            let worker = try site.start("worker", "ward-3")
            let answer = try await hub.publish("e-1")
            #expect(answer.status == 202, "\(answer.text)")
            try await eventually("the office has it", within: .seconds(60), every: .milliseconds(200)) {
                try await site.records(of: "ward-3") == ["permit/1": #"{"status":"Issued"}"#]
            }
            let event = try await hub.send("GET", "/v1/events/e-1")
            #expect(event.status == 200)
            #expect((event.object?["hub"] as? [[String: Any]])?.first?["source"] as? String == "core")
            let outbox = try await hub.send("GET", "/v1/outbox")
            #expect(outbox.status == 200 && outbox.text == #"{"items":[],"next":null}"#, "\(outbox.text)")
            #expect(try await hub.send("GET", "/v1/outbox?outbox=core").status == 404)
            #expect(try await hub.send("GET", "/v1/outbox?after=x").status == 400)
            let offices = try await hub.send("GET", "/v1/offices")
            #expect(offices.status == 200 && offices.text.contains(#""office":"ward-3""#), "\(offices.text)")
            let office = try await hub.send("GET", "/v1/offices/ward-3")
            #expect(office.text.contains(#""records":1"#), "\(office.text)")
            #expect(try await hub.send("GET", "/v1/offices/ward-4").status == 404)
            #expect(try await hub.send("GET", "/readyz").status == 200)
            #expect(try await hub.send("GET", "/metrics").text.contains("lockstep_build_info"))
            #expect(try await hub.stop().status == 0)
            worker.signal(SIGTERM)
            _ = await worker.ended()
        }
    }

    @Test("says that a queue fills up, of offices that have workers elsewhere, too")
    func alarm() async throws {
        try await withSite(offices: "  ward-3: { events: [\"permit.#\"], alarm: 2 }\n") { site in
            for number in 1...3 {
                let published = try await site.run("publish", "permit.issued", "--about", "permit/\(number)", "{}")
                #expect(published.status == 0, "\(published.error)")
            }
            let hub = try await HubAtWork.start(site)
            try await eventually("it says so") {
                hub.command.errorSoFar.contains("An office's queue has reached its alarm")
            }
            let metrics = try await hub.send("GET", "/metrics")
            #expect(metrics.text.contains(#"lockstep_office_queued_events{office="ward-3"} 3"#), "\(metrics.text)")
            #expect(try await hub.stop().status == 0)
        }
    }

    @Test("is part of lockstep up")
    func withinUp() async throws {
        try await withSite(offices: Self.offices) { site in
            let made = try await site.run(
                "subscriptions", "create", "registry", "--events", "a.#", "--reason", "they asked")
            #expect(made.status == 0, "\(made.error)")
            let hub = try await HubAtWork.startSite(site)
            #expect(try await hub.publish("e-1").status == 202)
            try await eventually("the office has it", within: .seconds(60), every: .milliseconds(200)) {
                try await site.records(of: "ward-3") == ["permit/1": #"{"status":"Issued"}"#]
            }
            try await Self.expectReadiness(of: hub, site)
            let ended = try await hub.stop()
            #expect(ended.status == 0, "\(ended.error)")
        }
    }

    /// Ready with an office that is paused, and with one that came and went; not with one that cannot work, by its name.
    private static func expectReadiness(of hub: HubAtWork, _ site: Site) async throws {
        func isReady(saying text: String) async throws -> Bool {
            let answer = try await hub.send("GET", "/readyz")
            return answer.status == 200 && answer.text.contains(text)
        }
        _ = try await site.run("subscriptions", "pause", "ward-3", "--reason", "moving")
        try await eventually("the pause is shown") { try await isReady(saying: "office ward-3") }
        let deleted = try await site.run("subscriptions", "delete", "registry", "--reason", "they left")
        #expect(deleted.status == 0, "\(deleted.error)")
        try await eventually("it is ready without the one that left", within: .seconds(60)) {
            try await isReady(saying: "ready")
        }
        let broken = site.directory.appending(path: "state/broken.sqlite")
        try Data("no database, but long enough to be taken for a damaged one".utf8).write(to: broken)
        _ = try await site.run("subscriptions", "create", "broken", "--events", "a.#", "--reason", "they asked")
        try await eventually("the one that cannot work is named") {
            let answer = try await hub.send("GET", "/readyz")
            return answer.status == 503 && answer.text.contains("office broken: ")
        }
    }

    @Test("that is killed between commit and answer has the event, and takes it once however often it comes")
    func crashBeforeAnswer() async throws {
        try await withSite(offices: Self.offices) { site in
            let dying = try await HubAtWork.start(site, environment: ["LOCKSTEP_CRASH": "appendCommitted:1"])
            #expect(try await dying.publish("e-1").status == 0, "there was an answer")
            #expect(await dying.command.ended().status == SIGKILL)
            let hub = try await HubAtWork.start(site)
            let again = try await hub.publish("e-1")
            #expect(again.status == 202)
            #expect((again.object?["events"] as? [[String: Any]])?.first?["repeated"] as? Bool == true, "\(again.text)")
            let other = try await hub.publish("e-1", #"{"status":"Void"}"#)
            #expect(other.status == 409, "\(other.text)")
            #expect(try await hub.publish("e-2", #"{"fee":2}"#).status == 202)
            let worker = try site.start("worker", "ward-3")
            try await eventually("the office has both", within: .seconds(60), every: .milliseconds(200)) {
                try await site.records(of: "ward-3") == ["permit/1": #"{"fee":2,"status":"Issued"}"#]
            }
            let report = try await site.run("office", "ward-3", "--json")
            #expect(report.output.contains(#""events" : 2"#), "\(report.output)")
            _ = try await hub.stop()
            worker.signal(SIGTERM)
            _ = await worker.ended()
        }
    }

    @Test(
        "asks for tokens as soon as there is one, takes events as the token's origin only, and refuses a revoked one at once"
    )
    func tokens() async throws {
        try await withSite(offices: Self.offices) { site in
            let hub = try await HubAtWork.start(site)
            #expect(try await hub.send("GET", "/v1/offices").status == 200)
            let publisher = try await Self.token(site, "scheduling", "publish", "--origin", "scheduling")
            let reader = try await Self.token(site, "ada", "read", "--expires", "1h")
            #expect(try await hub.send("GET", "/v1/offices").status == 401)
            #expect(try await hub.send("GET", "/v1/offices", token: reader).status == 200)
            #expect(try await hub.send("GET", "/v1/offices", token: publisher).status == 403)
            let taken = try await hub.publish("e-1", token: publisher)
            #expect(taken.text.contains(#""source":"scheduling""#), "\(taken.text)")
            let foreign = try await hub.send(
                "POST", "/v1/events", token: publisher, type: "application/cloudevents+json",
                body: #"{"specversion":"1.0","id":"e-2","source":"core","type":"a.b","subject":"c","data":{}}"#)
            #expect(foreign.status == 403, "\(foreign.text)")
            #expect(try await site.run("tokens", "revoke", "ada").status == 0)
            #expect(
                try await site.actions() == [
                    "token created scheduling × 1", "token created ada × 1", "token revoked ada × 1",
                ])
            #expect(try await hub.send("GET", "/v1/offices", token: reader).status == 401)
            let listed = try await site.run("tokens", "list", "--json")
            #expect(!listed.output.contains(publisher.dropFirst(20)))
            #expect(listed.output.contains("revoked"))
            let ended = try await hub.stop()
            #expect(!ended.error.contains(publisher))
        }
    }

    @Test("notes who replays dead letters, and why")
    func audit() async throws {
        try await withSite(offices: Self.offices) { site in
            let operate = try await Self.token(site, "ada", "operate")
            let hub = try await HubAtWork.start(site)
            let path = "/v1/offices/ward-3/dead-letters"
            let empty = try await hub.send("GET", path, token: operate)
            #expect(empty.status == 200 && empty.text == #"{"items":[],"next":null}"#, "\(empty.text)")
            let garbage = try await site.pika(
                "publish", "cloudEvents_", "--type", "permit.issued", "--scope", "ward-3", "--data", "[1]")
            #expect(garbage.status == 0, "\(garbage.error)")
            let worker = try site.start("worker", "ward-3")
            try await eventually("there is a dead letter", within: .seconds(60), every: .milliseconds(200)) {
                try await hub.send("GET", path, token: operate).text.contains("undecodable")
            }
            let done = try await hub.send(
                "POST", path + "/replay", token: operate, type: "application/json",
                body: #"{"all":true,"reason":"the decoder is mended"}"#)
            #expect(done.status == 200 && done.text.contains(#""count":1"#), "\(done.text)")
            let report = try await hub.send("GET", "/v1/report", token: operate)
            #expect(report.text.contains("the decoder is mended") && report.text.contains("ada"), "\(report.text)")
            _ = try await hub.stop()
            worker.signal(SIGTERM)
            _ = await worker.ended()
        }
    }

    @Test("refuses to be reached from other machines without TLS or an explicit word")
    func exposure() async throws {
        try await withSite(offices: Self.offices, applying: false) { site in
            let ended = try await site.run("hub", "--listen", "0.0.0.0:0")
            #expect(ended.status == 78)
            #expect(ended.error.contains("TLS"), "\(ended.error)")
        }
    }

    @Test("posts to an office that has a callback what came in by HTTP")
    func eventToCallback() async throws {
        try await withScriptedHTTPServer {
            .status($0.number == 1 ? 503 : 200)
        } body: { server in
            let offices = """
                  registry:
                    events: ["permit.#"]
                    retry: { attempts: 5, delays: [1s] }
                    callback: { url: "\(server.url)", privateAddresses: true }

                """
            try await withSite(offices: offices) { site in
                let hub = try await HubAtWork.start(site)
                #expect(try await hub.publish("e-1").status == 202)
                try await eventually("it is posted again after the first answer", within: .seconds(60)) {
                    server.requests.count >= 2
                }
                let last = try #require(server.requests.last)
                #expect(last.method == "POST")
                #expect(String(decoding: last.body, as: UTF8.self).contains("permit/1"))
                let ended = try await hub.stop()
                #expect(ended.status == 0, "\(ended.error)")
            }
        }
    }

    @Test("makes a subscription by HTTP and posts to it at once, and leaves declared ones to the file")
    func subscriptions() async throws {
        try await withScriptedHTTPServer {
            _ in
            .status(200)
        } body: { server in
            try await withSite(offices: Self.offices + "hub: { privateAddresses: true }\n") { site in
                let (admin, core) = (
                    try await Self.token(site, "ada", "admin"),
                    try await Self.token(site, "core", "publish", "--origin", "core")
                )
                let hub = try await HubAtWork.start(site)
                let made = try await hub.send(
                    "POST", "/v1/subscriptions", token: admin, type: "application/json",
                    body: """
                        {"name":"registry","reason":"they asked","settings":{"events":["permit.#"],
                         "callback":{"url":"\(server.url)","privateAddresses":true}}}
                        """)
                #expect(made.status == 201, "\(made.text)")
                #expect(try await hub.publish("e-1", token: core).status == 202)
                try await eventually("it is posted", within: .seconds(60)) { !server.requests.isEmpty }
                let list = try await hub.send("GET", "/v1/subscriptions", token: admin)
                #expect(list.text.contains(#""office":"registry""#) && list.text.contains("made"), "\(list.text)")
                let bad = try await hub.send(
                    "POST", "/v1/subscriptions", token: admin, type: "application/json",
                    body: #"{"name":"other","reason":"x","settings":{"evnets":["a"]}}"#)
                #expect(bad.status == 400 && bad.text.contains("events"), "\(bad.text)")
                let declared = try await hub.send(
                    "PATCH", "/v1/subscriptions/ward-3", token: admin, type: "application/json",
                    body: #"{"reason":"x","settings":{"events":["a"]}}"#)
                #expect(declared.status == 409, "\(declared.text)")
                let paused = try await hub.send(
                    "POST", "/v1/subscriptions/registry/pause", token: admin, type: "application/json",
                    body: #"{"reason":"maintenance"}"#)
                #expect(paused.status == 200, "\(paused.text)")
                let detail = try await hub.send("GET", "/v1/subscriptions/registry", token: admin)
                #expect(detail.text.contains("maintenance") && detail.text.contains("ada"), "\(detail.text)")
                _ = try await hub.stop()
            }
        }
    }
}
