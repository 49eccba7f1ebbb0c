import LockstepService
import RabbitMQ
import Testing

@Suite("Secrets in configurations")
struct SecretConfigurationTests {
    @Test("a variable's value becomes the password, whatever characters it has")
    func variableIsPassword() async throws {
        let secret = "p@ss/w:rd%#?é"
        let loaded = try await load(
            "broker: { url: \"amqp://core:${SECRET}@rabbit.example.org/city\" }",
            variables: ["SECRET": secret]
        )
        let endpoint = try #require(loaded.configuration?.broker.endpoints.first)
        #expect(endpoint.password == secret)
        #expect(endpoint.user == "core")
        #expect(endpoint.host == "rabbit.example.org")
        #expect(endpoint.virtualHost == "city")
        #expect(loaded.configuration?.broker.management.password == secret)
    }

    @Test("a variable may be the whole URL, or its host and port")
    func variableIsURL() async throws {
        let whole = try await load(
            "broker: { url: \"${URL}\" }", variables: ["URL": "amqp://core:s%40crt@rabbit:5673/"])
        #expect(whole.configuration?.broker.endpoints.first?.password == "s@crt")
        let parts = try await load(
            "broker: { url: \"amqp://${HOST}:${PORT}/\" }", variables: ["HOST": "rabbit", "PORT": "5673"])
        #expect(parts.configuration?.broker.endpoints.first?.host == "rabbit")
        #expect(parts.configuration?.broker.endpoints.first?.port == 5_673)
    }

    @Test("a file's first line is the password of URLs without one")
    func fileIsPassword() async throws {
        let loaded = try await load(
            """
            broker:
              urls: [amqp://core@one/, amqp://core@two/]
              passwordFile: secret
              management: http://one:15672
            """,
            files: ["secret": "hunter2\n"]
        )
        #expect(loaded.problems == [])
        #expect(loaded.configuration?.broker.endpoints.map(\.password) == ["hunter2", "hunter2"])
        #expect(loaded.configuration?.broker.management.password == "hunter2")
        #expect(loaded.configuration?.broker.management.url == "http://one:15672/")
    }

    @Test("a password in plain text is taken for this machine only", arguments: ["127.0.0.1", "localhost", "[::1]"])
    func plainPasswordOnLoopback(_ host: String) async throws {
        let loaded = try await load("broker: { url: \"amqp://guest:plain@\(host)/\" }")
        #expect(loaded.configuration?.broker.endpoints.first?.password == "plain")
    }

    static let refused: [(yaml: String, problem: String)] = [
        (
            "broker: { url: \"amqp://core:TOPSECRET@rabbit/\" }",
            "1:16: the password stands here in plain text, and the broker is another machine; "
                + "write ${BROKER_PASSWORD} and set that variable, or name a 'passwordFile'"
        ),
        (
            "broker: { management: \"http://core:TOPSECRET@rabbit/\" }",
            "1:23: the password stands here in plain text, and the broker is another machine; "
                + "write ${BROKER_PASSWORD} and set that variable, or name a 'passwordFile'"
        ),
        (
            "broker: { url: \"amqp://core@rabbit/\" }",
            "1:16: the URL names a user without a password; write user:${BROKER_PASSWORD}@, or name a 'passwordFile'"
        ),
        (
            "broker: { url: \"amqp://core:${SECRET}@rabbit/\", passwordFile: secret }",
            "1:16: the URL has a password, and 'passwordFile' another; keep one of them"
        ),
        (
            "broker: { url: \"amqp://core:${SECRET}@rabbit:port/\" }",
            "1:16: The broker's URL cannot be read: the port must be a number from 1 to 65535. "
                + "It is amqp://user:password@host:port/vhost."
        ),
        (
            "broker: { url: \"amqp://core:${MISSING}@rabbit/\" }",
            "1:16: the environment variable MISSING is not set; set it where lockstep is started "
                + "(if a dollar sign was meant, write '$${')"
        ),
        (
            "broker: { url: \"amqp://core:${EMPTY}@rabbit/\" }",
            "1:16: the environment variable EMPTY is empty; give it a value where lockstep is started"
        ),
        (
            "origin: \"${BROKER-PASSWORD}\"",
            "1:9: '${' begins the name of an environment variable, like ${BROKER_PASSWORD}: letters, digits and '_', "
                + "then '}'; a dollar sign itself is written '$$'"
        ),
        (
            "origin: \"x ${SECRET}\"",
            "1:9: 'x ${SECRET}' is not an origin (CloudEvents 'source'); it must not be empty, hold blanks or control "
                + "characters, or exceed 200 bytes"
        ),
        (
            "broker: { passwordFile: empty }",
            "1:25: the file empty has no password in its first line; write it there"
        ),
        (
            "broker: { management: \"amqp://core:TOPSECRET@rabbit/\" }",
            "1:23: 'management' needs the address of RabbitMQ's management, like http://127.0.0.1:15672/"
        ),
        (
            "broker:\n  url: amqp://core:TOPSECRET@rabbit: 1/\n",
            "2:36: not valid YAML: mapping values are not allowed in this context; check the indentation, and put "
                + "values with ': ', ' #' or a leading special character between quotes"
        ),
    ]

    @Test("secrets that are wrong, missing or in the open are refused without being repeated", arguments: refused)
    func refuses(yaml: String, problem: String) async throws {
        let loaded = try await load(
            yaml, variables: ["SECRET": "TOPSECRET", "EMPTY": ""], files: ["secret": "TOPSECRET", "empty": "\n"])
        let problems = loaded.problems.map { line in
            // The file's own path is random.
            line.replacing(/\/.*\//, with: "")
        }
        #expect(problems == ["lockstep.yaml:" + problem.replacing(/\/.*\//, with: "")])
        #expect(!loaded.problems.joined().contains("TOPSECRET"))
    }

    @Test("no description of a configuration shows a password")
    func descriptionsAreSilent() async throws {
        let loaded = try await load(
            """
            broker:
              url: amqp://core:${SECRET}@rabbit/
              management: http://core:${SECRET}@rabbit:15672/
            """,
            variables: ["SECRET": "TOPSECRET"]
        )
        let configuration = try #require(loaded.configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", String(reflecting: configuration)] {
            #expect(!text.contains("TOPSECRET"))
        }
        #expect(configuration.broker.management.password == "TOPSECRET")
    }
}
