import Foundation
import Lockstep
import LockstepSQLite
import LockstepTesting
import Testing

@testable import LockstepService

@Suite("Settings of a subscription")
struct SubscriptionSettingsTests {
    private static func subscription(
        _ settings: SubscriptionSettings, variables: [String: String] = [:]
    ) throws -> Subscription {
        try settings.subscription(
            of: try OfficeName("a"), source: "here", directory: URL(filePath: "/etc"), variables: variables)
    }

    @Test("YAML and JSON of the same content are the same settings, and mean what the file's do")
    func reading() throws {
        let yaml = try SubscriptionSettings(
            parsing: "events: [\"permit.#\", 'a\"b']\nretry: { attempts: 3, delays: [1s] }\n", source: "x.yaml")
        let json = try SubscriptionSettings(
            parsing: #"{"retry":{"delays":["1s"],"attempts":3},"events":["permit.#","a\"b"]}"#, source: "x.json")
        #expect(yaml == json)
        #expect(yaml.object.text == #"{"events":["permit.#","a\"b"],"retry":{"attempts":3,"delays":["1s"]}}"#)
        var settings = yaml
        settings["events"] = JSONText(strings: ["permit.#"])
        let subscription = try Self.subscription(settings)
        #expect(subscription.events.map(\.text) == ["permit.#"])
        #expect(subscription.retry.attempts == 3)
    }

    @Test("what is wrong is said, all of it, without the place in a text that nobody has seen")
    func problems() throws {
        let settings = try SubscriptionSettings(parsing: "event: [x]\nretry: { attempts: none }\n", source: "x.yaml")
        let error = #expect(throws: ConfigurationError.self) { try Self.subscription(settings) }
        #expect(error?.problems.map(\.line) == [nil, nil, nil])
        #expect(error?.description.contains("did you mean 'events'?") == true)
        #expect(throws: ConfigurationError.self) { try SubscriptionSettings(parsing: "- a\n", source: "x") }
        #expect(throws: ConfigurationError.self) { try SubscriptionSettings(parsing: "a: 1\na: 2\n", source: "x") }
    }

    @Test("secrets are masked, references to the environment are not")
    func secrets() throws {
        let text = """
            { "callback": { "url": "https://a/", "secret": "whsec_AAAA", "secrets": ["${OLD}", "whsec_BBBB"] } }
            """
        let settings = try SubscriptionSettings(parsing: text, source: "x")
        #expect(
            settings.shown.text
                == #"{"callback":{"secret":"********","secrets":["${OLD}","********"],"url":"https://a/"}}"#)
        let place = try SubscriptionSettings(
            parsing: #"{"callback":{"url":"https://a.org:8443/hooks/TOPSECRET?token=TOPSECRET"}}"#, source: "x")
        #expect(place.shown.text == #"{"callback":{"url":"https://a.org:8443/…"}}"#, "a URL may be a secret, too")
        #expect(settings.object.text.contains("${OLD}"))
    }

    @Test(
        "nothing but a secret can name a variable of whoever reads the settings",
        arguments: [
            #"{"events":["${SECRET}"]}"#, #"{"events":["a"],"callback":{"url":"https://${SECRET}/"}}"#,
            #"{"events":["a"],"callback":{"url":"https://a.org/","handshake":"${SECRET}.org"}}"#,
            #"{"events":["a"],"callback":{"url":"https://a.org/","ca":"${SECRET}"}}"#,
            #"{"events":["a"],"calendar":[{"match":"a","title":"${SECRET}","starts":"{b}"}]}"#,
        ])
    func variables(_ text: String) throws {
        let settings = try SubscriptionSettings(parsing: text, source: "x")
        let error = #expect(throws: ConfigurationError.self) {
            try Self.subscription(settings, variables: ["SECRET": "TOPSECRET"])
        }
        #expect(error?.description.contains("names an environment variable") == true)
        #expect(error?.description.contains("TOPSECRET") == false)
        let secret = try SubscriptionSettings(
            parsing: #"{"events":["a"],"callback":{"url":"https://a.org/","secret":"${SECRET}"}}"#, source: "x")
        let whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        #expect(try Self.subscription(secret, variables: ["SECRET": whsec]).callback?.secrets == [whsec])
    }

    @Test("addresses of this machine and its network are asked only where the file lets it")
    func privateAddresses() throws {
        let settings = try SubscriptionSettings(
            parsing: #"{"events":["a"],"callback":{"url":"http://127.0.0.1/","privateAddresses":true}}"#, source: "x")
        let error = #expect(throws: ConfigurationError.self) { try Self.subscription(settings) }
        #expect(error?.description.contains("hub: { privateAddresses: true }") == true, "\(String(describing: error))")
        let allowed = try settings.subscription(
            of: try OfficeName("a"), source: "here", directory: URL(filePath: "/etc"), variables: [:],
            mayBePrivate: true)
        #expect(allowed.callback?.allowsPrivateAddresses == true)
    }

    @Test("whatever number stands in the store, it can be shown")
    func numbers() throws {
        let text = #"{"a":[1,1.5,-2e3,1e300,null,true,{"b":"x"}],"c":9007199254740991}"#
        let shown = try JSONEncoder().encode(SettingsValue(SubscriptionSettings(stored: text)))
        let value = try #require(try JSONSerialization.jsonObject(with: shown) as? [String: Any])
        #expect((value["a"] as? [Any])?.count == 7)
        #expect((value["a"] as? [Any])?[1] as? Double == 1.5)
        #expect((value["a"] as? [Any])?[3] as? Double == 1e300)
    }

    @Test("single keys are put in, also below a block")
    func keys() {
        var settings = SubscriptionSettings()
        settings["callback", "url"] = "https://a/"
        settings["callback", "content"] = "events"
        settings["order"] = "record"
        #expect(
            settings.object.text == #"{"callback":{"content":"events","url":"https://a/"},"order":"record"}"#)
        settings["order"] = nil
        #expect(settings["order"] == nil)
    }

    @Test("who is not on this machine learns of no file whether it is there")
    func files() async throws {
        try await withTemporaryDirectory { directory in
            try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8).write(to: directory.appending(path: "secret"))
            func problem(_ key: String, _ path: String, _ files: NamedFiles) throws -> String? {
                var settings = SubscriptionSettings()
                settings["events"] = JSONText(strings: ["a.#"])
                settings["callback", "url"] = JSONText(string: "https://a.org/")
                settings["callback", key] = JSONText(string: path)
                let office = try OfficeName("a")
                do throws(ConfigurationError) {
                    _ = try settings.subscription(
                        of: office, source: "test", directory: directory, variables: [:], files: files)
                    return nil
                } catch {
                    return error.problems.first?.message
                }
            }
            for key in ["ca", "secretFile"] {
                for files in [NamedFiles.below(directory), .below(nil)] {
                    let said = try [
                        "/etc/hostname", "/etc/no-such-file", "../etc/hostname", "\(directory.path)-beside/x",
                    ].map { try problem(key, $0, files) }
                    #expect(Set(said).count == 1 && said[0]?.contains("directory of the hub's lockstep.yaml") == true)
                }
                #expect(try problem(key, "/etc/no-such-file", .all)?.contains("is not there") == true)
            }
            #expect(try problem("secretFile", "secret", .below(directory)) == nil)
            #expect(try problem("secretFile", "secret", .below(nil)) != nil)
        }
    }
}

@Suite("Offices of the hub's store", .timeLimit(.minutes(1)))
struct StoredOfficesTests {
    private static func withStore(
        _ settings: [String: String], _ body: (URL, SQLiteSubscriptions) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try Data("offices:\n  ward-3: { events: [\"permit.#\"] }\n".utf8)
                .write(to: directory.appending(path: "lockstep.yaml"))
            let store = try SQLiteSubscriptions(path: directory.appending(path: "state/hub.sqlite").path)
            for (name, text) in settings {
                try await store.add(
                    try OfficeName(name), settings: text, by: "ada", at: Timestamp(microseconds: 1))
            }
            try await body(directory, store)
        }
    }

    private static func load(_ directory: URL, _ variables: [String: String] = [:]) throws -> Configuration {
        try Configuration.load(
            environment: ConfigurationEnvironment(variables: variables, workingDirectory: directory))
    }

    @Test("they come after those of the file, and are marked")
    func merging() async throws {
        try await Self.withStore(["registry": #"{"events":["policy.#"]}"#]) { directory, store in
            let configuration = try Self.load(directory)
            #expect(configuration.offices.map(\.office.text) == ["ward-3", "registry"])
            #expect(configuration.isDeclared(try OfficeName("ward-3")))
            #expect(!configuration.isDeclared(try OfficeName("registry")))
            #expect(configuration.offices[1].events.map(\.text) == ["policy.#"])
            try await store.remove(try OfficeName("registry"))
            let later = try configuration.withStoredOffices()
            #expect(later.offices.map(\.office.text) == ["ward-3"])
        }
    }

    @Test("of a name in both the file counts, and it is reported")
    func both() async throws {
        try await Self.withStore(["WARD-3": #"{"events":["policy.#"]}"#]) { directory, _ in
            let configuration = try Self.load(directory)
            #expect(configuration.offices.map(\.office.text) == ["ward-3"])
            #expect(configuration.isDeclared(try OfficeName("ward-3")))
            #expect(configuration.stored.problems.map(\.source) == ["hub.sqlite (WARD-3)"])
        }
    }

    @Test("one that cannot be used keeps no other from its work")
    func unusable() async throws {
        let secret = #"{"events":["a.#"],"callback":{"url":"https://a.org/","secret":"${SECRET}"}}"#
        let settings = ["a": secret, "b": #"{"events":["policy.#"]}"#]
        try await Self.withStore(settings) { directory, _ in
            let without = try Self.load(directory)
            #expect(without.offices.map(\.office.text) == ["ward-3", "b"])
            #expect(without.stored.problems.count == 1)
            #expect(without.stored.problems[0].message.contains("SECRET"))
            let with = try Self.load(directory, ["SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
            #expect(with.offices.map(\.office.text) == ["ward-3", "a", "b"])
        }
    }

    @Test("pauses are there for both kinds, and what is being deleted is none of the offices")
    func pauses() async throws {
        try await Self.withStore(["registry": #"{"events":["policy.#"]}"#]) { directory, store in
            let ward = try OfficeName("ward-3")
            let pause = OfficePause(office: ward, since: Timestamp(microseconds: 1), person: "ada")
            try await store.pause(pause)
            try await store.setLeaving(try OfficeName("registry"), true)
            let configuration = try Self.load(directory)
            #expect(configuration.stored.pauses == [ward: pause])
            #expect(configuration.offices.map(\.office.text) == ["ward-3"])
        }
    }
}
