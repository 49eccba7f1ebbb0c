import LockstepService
import Testing

/// Each bad file is refused with exactly these lines: the place, what is wrong, and what to do.
@Suite("Bad configurations")
struct BadConfigurationTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let yaml: String
        let problems: [String]
        var testDescription: String { name }

        init(_ name: String, _ yaml: String, _ problems: String...) {
            self.name = name
            self.yaml = yaml
            self.problems = problems.map { "lockstep.yaml:" + $0 }
        }
    }

    @Test("the place, the mistake and the remedy are named", arguments: files)
    func refuses(_ bad: Bad) async throws {
        let loaded = try await load(bad.yaml)
        #expect(loaded.problems == bad.problems)
    }

    static let files: [Bad] = keys + syntax + values + offices + conflicts + calendars + bookings

    static let keys = [
        Bad(
            "an unknown key, close to a known one", "origen: core\n",
            "1:1: unknown key 'origen'; did you mean 'origin'?"),
        Bad(
            "an unknown key, close to none", "webhooks: {}\n",
            "1:1: unknown key 'webhooks'; the keys here are broker, origin, state, outbox, offices, archive, ledger, reconcile, hub, metrics, limits, log"
        ),
        Bad(
            "an unknown key deep down",
            """
            offices:
              ward-1:
                events: ["#"]
                retry: { attemps: 3 }
            """,
            "4:14: unknown key 'attemps'; did you mean 'attempts'?"),
        Bad(
            "keys that differ in case only", "broker: { passwordfile: x }\n",
            "1:11: unknown key 'passwordfile'; did you mean 'passwordFile'?"),
        Bad(
            "a key twice",
            """
            origin: core
            log: { level: info }
            origin: ward-3
            """,
            "1:1: 'origin' stands here and again further down in the same block; keep one of them"),
        Bad(
            "an office twice",
            """
            offices:
              ward-1:
                events: ["#"]
              ward-1:
                events: ["#"]
            """,
            "2:3: 'ward-1' stands here and again further down in the same block; keep one of them"),
        Bad(
            "a list for a key", "? [a, b]\n: 1\n",
            "1:3: unknown key ''; the keys here are broker, origin, state, outbox, offices, archive, ledger, reconcile, hub, metrics, limits, log"
        ),
    ]

    static let syntax = [
        Bad(
            "a tab", "log:\n\tlevel: info\n",
            "2:1: a tab; YAML is indented with blanks: replace it"),
        Bad(
            "an unquoted star", "offices:\n  ward-1:\n    events: [*.ward-1]\n",
            "3:15: '*' begins an alias of YAML's; put a pattern that begins with '*' between quotes"),
        Bad(
            "an alias of nothing", "offices:\n  ward-1:\n    events: *all\n",
            "3:13: '*' begins an alias of YAML's; put a pattern that begins with '*' between quotes"),
        Bad(
            "an open bracket", "offices:\n  ward-1:\n    events: [\"#\"\n",
            "4:1: not valid YAML: did not find expected ',' or ']', while parsing a flow sequence that begins in line 3; "
                + "check the indentation, and put values with ': ', ' #' or a leading special character between quotes"),
        Bad(
            "two colons", "origin: core: x\n",
            "1:13: not valid YAML: mapping values are not allowed in this context; "
                + "check the indentation, and put values with ': ', ' #' or a leading special character between quotes"),
        Bad(
            "two documents", "origin: core\n---\norigin: core\n",
            "2:1: a second document begins here; remove the line '---'"),
        Bad(
            "a control character", "origin: core\nstate: a\u{1}b\n",
            "2:9: a character that YAML does not allow; remove it, or write it as an escape between double quotes"),
        Bad(
            "no block at all", "- a\n",
            "1:1: 'the file' needs a block of keys below it, not a list"),
    ]

    static let values = [
        Bad(
            "an empty value", "origin:\n",
            "1:8: 'origin' is empty; give it a value, or remove the key"),
        Bad(
            "a list for a value", "origin: [core]\n",
            "1:9: 'origin' needs a single value, not a list"),
        Bad(
            "a value for a block", "log: debug\n",
            "1:6: 'log' needs a block of keys below it, not a single value"),
        Bad(
            "an origin with a blank", "origin: the core\n",
            "1:9: 'the core' is not an origin (CloudEvents 'source'); it must not be empty, hold blanks or control "
                + "characters, or exceed 200 bytes"),
        Bad(
            "a level that is none", "log: { level: warn, format: yaml, traces: maybe }\n",
            "1:15: 'level' is one of trace, debug, info, notice, warning, error, critical, not 'warn'; "
                + "did you mean 'warning'?",
            "1:29: 'format' is one of text, json, not 'yaml'",
            "1:43: 'traces' is one of true, false, not 'maybe'"),
        Bad(
            "a ledger that forgets at once", "ledger: { keep: 1s, publications: yes, size: 1 }\n",
            "1:17: 'keep' needs a duration from 1m to 3650d, like 500ms, 5s, 2m or 1h, not '1s'",
            "1:35: 'publications' is one of true, false, not 'yes'",
            "1:40: unknown key 'size'; the keys here are keep, publications"
        ),
        Bad(
            "an archive of nothing", "archive: { keep: 1s, size: 1 MiB }\n",
            "1:18: 'keep' needs a duration from 1m to 3650d, like 500ms, 5s, 2m or 1h, not '1s'",
            "1:28: 'size' needs a size from 20 MiB to 1024 GiB, like 512 KiB or 1 MiB, not '1 MiB'"
        ),
        Bad(
            "a size that is none", "limits: { event: 1MB }\n",
            "1:18: 'event' needs a size from 1 KiB to 16 MiB, like 512 KiB or 1 MiB, not '1MB'"),
        Bad(
            "a size beyond the limit", "limits: { event: 17 MiB }\n",
            "1:18: 'event' needs a size from 1 KiB to 16 MiB, like 512 KiB or 1 MiB, not '17 MiB'"),
        Bad(
            "an age that events may reach on their way", "limits: { age: 1d }\n",
            "1:16: 'age' needs a duration from 7d to 3650d, like 500ms, 5s, 2m or 1h, not '1d'"),
        Bad(
            "an empty path", "state: \"\"\n",
            "1:8: 'state' is empty; give it a path, or remove the key"),
    ]

    static let offices = [
        Bad(
            "a name with a blank", "offices:\n  Ward 1:\n    events: [\"#\"]\n",
            "2:3: 'Ward 1' is not an office's name; it needs letters, digits and '-', 64 bytes at most, "
                + "like 'ward-3'"),
        Bad(
            "names that differ in case",
            "offices:\n  ward-1: { events: [\"#\"] }\n  Ward-1: { events: [\"#\"] }\n",
            "3:3: 'Ward-1' differs from 'ward-1' only in upper and lower case; give the offices names that nobody "
                + "takes for the same"),
        Bad(
            "no events", "offices:\n  ward-1:\n  ward-2: { events: [] }\n",
            "2:3: the office 'ward-1' receives nothing; say which 'events', like [\"permit.#\"]",
            "3:21: 'events' is empty, so the office receives nothing; give it a pattern, like [\"permit.#\"]"),
        Bad(
            "a text for a list", "offices: { ward-1: { events: permit.# } }\n",
            "1:30: 'events' needs a list, like [\"permit.*.ward-3\", \"policy.#\"], not a single value"),
        Bad(
            "bad patterns", "offices:\n  ward-1:\n    events:\n      - permit..issued\n      - #\n      - \"per*\"\n",
            "4:9: 'permit..issued' is not an event pattern; it needs words, '*' (one word) and '#' (any number of "
                + "words) joined by dots, like 'permit.*.ward-3' or 'policy.#'",
            "5:8: no pattern; put one that begins with '#' between quotes",
            "6:9: 'per*' is not an event pattern; it needs words, '*' (one word) and '#' (any number of words) joined "
                + "by dots, like 'permit.*.ward-3' or 'policy.#'"),
        Bad(
            "a delivery that is none", "offices: { a: { events: [\"#\"], delivery: later } }\n",
            "1:42: 'delivery' is immediate, or batch: { events: 500, within: 5s }"),
        Bad(
            "an empty delivery block", "offices: { a: { events: [\"#\"], delivery: {} } }\n",
            "1:42: 'delivery' is immediate, or batch: { events: 500, within: 5s }"),
        Bad(
            "an alarm that would come too late", "offices: { a: { events: [\"#\"], alarm: 50, limit: 50 } }\n",
            "1:39: 'alarm' is 50 and 'limit' is 50: make the alarm smaller, so that somebody hears of it before events "
                + "are held up"),
        Bad(
            "a limit of nothing", "offices: { a: { events: [\"#\"], limit: 1 } }\n",
            "1:39: 'limit' needs a whole number from 2 to 1000000000, not '1'"),
        Bad(
            "batches out of range",
            "offices: { a: { events: [\"#\"], delivery: { batch: { events: 0, within: 10m } } } }\n",
            "1:61: 'events' needs a whole number from 1 to 10000, not '0'",
            "1:72: 'within' needs a duration from 1ms to 5m, like 500ms, 5s, 2m or 1h, not '10m'"),
        Bad(
            "a retry without attempts", "offices: { a: { events: [\"#\"], retry: { attempts: 0 } } }\n",
            "1:51: 'attempts' needs a whole number from 1 to 1000, not '0'"),
        Bad(
            "a delay without a queue", "offices: { a: { events: [\"#\"], retry: { delays: [1s, 10s] } } }\n",
            "1:54: 'delays' is one of 1s, 5s, 30s, 2m, 10m, 1h, not '10s'"),
        Bad(
            "an order and a pace that are none",
            "offices: { a: { events: [\"#\"], order: records, rate: 0, concurrency: 101 } }\n",
            "1:39: 'order' is one of arrival, record, not 'records'; did you mean 'record'?",
            "1:54: 'rate' needs a whole number from 1 to 100000, not '0'",
            "1:70: 'concurrency' needs a whole number from 1 to 100, not '101'"),
        Bad(
            "no delay", "offices: { a: { events: [\"#\"], retry: { delays: [] } } }\n",
            "1:39: a retry policy needs 1 to 1,000 attempts and one delay at least"),
    ]

    static let conflicts = [
        ("newst", "43: 'conflicts' is newest, ask or { prefer: [core] }, not 'newst'; did you mean 'newest'?"),
        ("[core]", "43: 'conflicts' is newest, ask or { prefer: [core] }, not a list"),
        ("", "44: 'conflicts' is newest, ask or { prefer: [core] }, not nothing"),
        ("{}", "43: 'conflicts' is newest, ask or { prefer: [core] }, not a block of keys"),
        (
            "{ prefer: core }",
            "53: 'prefer' needs a list of origins, the most preferred first, like [core, ward-3], not a single value"
        ),
        (
            "{ prefer: [] }",
            "53: 'prefer' needs a list of origins, the most preferred first, like [core, ward-3], not an empty one"
        ),
        ("{ prefer: [core, core] }", "60: 'core' stands twice in the list; keep the first one"),
        (
            "{ prefer: [\"a b\"] }",
            "54: 'a b' is not an origin (CloudEvents 'source'); it must not be empty, hold blanks or control "
                + "characters, or exceed 200 bytes"
        ),
        (
            "{ prefer: [core], status: ask }",
            "45: 'prefer' stands alone; for all fields but those that are named, write default: { prefer: [core] }"
        ),
        (
            "{ prefr: [core] }",
            "52: 'prefr' is newest, ask or { prefer: [core] }, not a list; did you mean 'prefer'?"
        ),
        ("{ status: { prefr: [core] } }", "55: unknown key 'prefr'; did you mean 'prefer'?"),
        (
            "{ defalt: ask, status: newest }",
            "45: did you mean 'default'? If 'defalt' is a field, write default: newest beside it"
        ),
        (
            "{ status: ask, status: newest }",
            "45: 'status' stands here and again further down in the same block; keep one of them"
        ),
        ("{ status: askk }", "53: 'status' is newest, ask or { prefer: [core] }, not 'askk'"),
    ].map { Bad("conflicts: \($0)", "offices: { a: { events: [\"#\"], conflicts: \($0) } }\n", "1:\($1)") }

    static let calendars = [
        Bad(
            "a calendar entry without what it needs",
            "offices:\n  a:\n    events: [\"#\"]\n    calendar:\n      - where: \"{X}\"\n",
            "5:9: this calendar entry has no 'match'; give it one, like match: \"permit.*\"",
            "5:9: this calendar entry has no 'title'; give it one, like title: \"{FIELD}\""),
        Bad(
            "a template with half a brace",
            "offices:\n  a:\n    events: [\"#\"]\n    calendar:\n      - match: \"#\"\n        title: \"{X\"\n",
            "6:16: '{X' is not a template; fields stand as '{NAME}', and a brace itself is written twice: '{{' or '}}'"),
    ]

    @Test("all mistakes are reported at once, in the order of the file")
    func reportsAll() async throws {
        let loaded = try await load(
            """
            log: { level: loud }
            offices:
              Ward 1:
                events: [".."]
                delivry: immediate
            orgin: core
            """
        )
        let places = loaded.problems.map { $0.split(separator: ":").dropFirst().first.map(String.init) ?? "" }
        #expect(places == ["1", "3", "4", "5", "6"], "\(loaded.problems)")
    }
}
