import FoundationEssentials
import Lockstep
import LockstepService
import LockstepTesting
import Logging
import RabbitMQ
import Testing

@Suite("Configuration")
struct ConfigurationTests {
    @Test(
        "an empty file, and a file of comments only, mean the defaults", arguments: ["", "# nothing\n", "offices:\n"])
    func emptyFile(_ yaml: String) async throws {
        let configuration = try #require(try await load(yaml).configuration)
        #expect(configuration.offices.isEmpty)
        #expect(configuration.origin == nil)
        #expect(configuration.broker.endpoints.map(\.description) == ["amqp://guest@127.0.0.1:5672/"])
        #expect(configuration.broker.management.url == "http://127.0.0.1:15672/")
        #expect(configuration.limits.event == 1_048_576)
        #expect(configuration.limits.age == nil)
        #expect(configuration.log == LogConfiguration(level: .info, format: .text))
        #expect(configuration.state.lastPathComponent == "state")
    }

    @Test(
        "an alarm comes before the limit, where there is one",
        arguments: [
            ("", 100_000, nil), ("alarm: 7", 7, nil), ("limit: 10", 8, 10), ("limit: 2", 1, 2),
            ("limit: 500000", 100_000, 500_000), ("alarm: 499999, limit: 500000", 499_999, 500_000),
        ] as [(String, Int, Int?)])
    func alarm(_ keys: String, _ alarm: Int, _ limit: Int?) async throws {
        let loaded = try await load("offices: { a: { events: [\"#\"], \(keys) } }\n")
        let office = try #require(loaded.configuration?.offices.first)
        #expect(office.alarm == alarm)
        #expect(office.limit == limit)
    }

    @Test("every key of an office is read")
    func readsOffice() async throws {
        let loaded = try await load(
            """
            offices:
              ward-3:
                events: ["permit.*.ward-3", policy.#]
                delivery: { batch: { events: 20, within: 1500ms } }
                retry: { attempts: 3, delays: [5s, 1h] }
                order: record
                rate: 250
                concurrency: 3
                conflicts: newest
                calendar:
                  - match: "permit.*"
                    title: "{WORKDESC}: $${COST}"
                    what: Permit
                    where: "{ADDRESS}"
                    starts: "{FROM}"
                    ends: "{TO}"
                    status: "{STATUS}"
                    timezone: America/Toronto
                    booking: { resource: "{INSPECTOR}", cancelled: [Cancelled, "No show"] }
            """
        )
        #expect(loaded.problems == [])
        let office = try #require(loaded.configuration?.offices.first)
        #expect(office.office.text == "ward-3")
        #expect(office.events.map(\.text) == ["permit.*.ward-3", "policy.#"])
        #expect(office.delivery == (try DeliveryMode.batch(events: 20, within: .milliseconds(1_500))))
        #expect(office.retry.attempts == 3)
        #expect(office.retry.delays.map(\.name) == ["5s", "1h"])
        #expect(office.order == .record)
        #expect(office.pace == DeliveryPace(rate: 250, concurrency: 3))
        let mapping = try #require(office.calendar.first)
        #expect(mapping.match.text == "permit.*")
        #expect(mapping.title.text == "{WORKDESC}: ${COST}")
        #expect(
            [mapping.what, mapping.place, mapping.starts, mapping.ends, mapping.status].map { $0?.text }
                == ["Permit", "{ADDRESS}", "{FROM}", "{TO}", "{STATUS}"])
        #expect(mapping.timeZone?.name == "America/Toronto")
        #expect(
            mapping.booking
                == BookingMapping(resource: try Template("{INSPECTOR}"), cancelled: ["Cancelled", "No show"]))
    }

    @Test("an office of which nothing is said of order and pace takes all as it comes")
    func standardPace() async throws {
        let office = try #require(try await load("offices: { a: { events: [\"#\"] } }").configuration?.offices.first)
        #expect(office.order == .arrival)
        #expect(office.pace == .unlimited)
    }

    static let policies: [(yaml: String, standard: String, fields: [String: String])] = [
        ("newest", "newest", [:]), ("ask", "ask", [:]),
        ("{ prefer: [core, ward-3] }", "prefer: [core, ward-3]", [:]),
        (
            "{ default: ask, status: { prefer: [core] }, inspector: newest }", "ask",
            ["status": "prefer: [core]", "inspector": "newest"]
        ),
        ("{ status: ask }", "newest", ["status": "ask"]),
        ("{ default: { prefer: [core] }, defaults: ask }", "prefer: [core]", ["defaults": "ask"]),
    ]

    @Test("a policy is one for all fields, or one for each", arguments: policies)
    func readsConflicts(yaml: String, standard: String, fields: [String: String]) async throws {
        let loaded = try await load("offices: { a: { events: [\"#\"], conflicts: \(yaml) } }")
        #expect(loaded.problems == [])
        let policy = try #require(loaded.configuration?.offices.first?.conflicts)
        #expect("\(policy.standard)" == standard)
        #expect(policy.fields.mapValues { "\($0)" } == fields)
    }

    @Test("offices keep the order of the file")
    func keepsOrder() async throws {
        let loaded = try await load(
            "offices: { b: { events: [\"#\"] }, c: { events: [\"#\"] }, a: { events: [\"#\"] } }")
        #expect(loaded.configuration?.offices.map(\.office.text) == ["b", "c", "a"])
    }

    @Test("an alias repeats what an anchor marks")
    func aliases() async throws {
        let loaded = try await load(
            """
            offices:
              a: { events: &all ["#"], retry: &hasty { attempts: 1 } }
              b: { events: *all, retry: *hasty }
            """
        )
        #expect(loaded.configuration?.offices.map(\.retry.attempts) == [1, 1])
    }

    @Test("aliases of aliases that multiply are refused, quickly", .timeLimit(.minutes(1)))
    func aliasBomb() async throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let alias = "*a\(level - 1)"
            yaml += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        #expect(
            try await load(yaml).problems
                == ["lockstep.yaml: more than 100000 values; aliases ('*name') have multiplied them"])
    }

    static let durations: [(text: String, duration: Duration?)] = [
        ("500ms", .milliseconds(500)), ("1s", .seconds(1)), ("2m", .seconds(120)), ("1h", .seconds(3_600)),
        ("7d", .seconds(604_800)), ("0s", .zero), ("1", nil), ("s", nil), ("-1s", nil), ("1.5s", nil), ("1 s", nil),
        ("1S", nil), ("99999999999999999999s", nil), ("9999999999d", nil), ("١s", nil),
    ]

    @Test("durations are whole numbers with a unit", arguments: durations)
    func durationText(text: String, duration: Duration?) {
        #expect(DurationText.duration(text) == duration)
        if let duration { #expect(DurationText.text(duration) == text) }
    }

    static let sizes: [(text: String, bytes: Int?)] = [
        ("1 MiB", 1_048_576), ("512KiB", 524_288), ("65536", 65_536), ("1 B", 1), ("1 MB", nil), ("MiB", nil),
        ("-1", nil), ("1.5 MiB", nil), ("99999999999 GiB", nil),
    ]

    @Test("sizes are whole numbers, with or without a unit", arguments: sizes)
    func byteSizeText(text: String, bytes: Int?) {
        #expect(ByteSizeText.bytes(text) == bytes)
    }

    @Test("an unknown office is answered with the nearest known one")
    func unknownOffice() async throws {
        let loaded = try await load("offices: { ward-3: { events: [\"#\"] }, city-hall: { events: [\"#\"] } }")
        let configuration = try #require(loaded.configuration)
        #expect(try configuration.offices(named: ["city-hall", "ward-3", "city-hall"]).count == 2)
        let near = #expect(throws: LockstepError.self) { try configuration.office(named: "cityhall") }
        #expect(near?.message == "there is no office 'cityhall'; did you mean 'city-hall'?")
        let far = #expect(throws: LockstepError.self) { try configuration.office(named: "x") }
        #expect(far?.message == "there is no office 'x'; the configuration has ward-3, city-hall")
    }
}
