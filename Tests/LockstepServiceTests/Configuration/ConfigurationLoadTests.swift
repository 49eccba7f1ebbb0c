import FoundationEssentials
import Lockstep
import LockstepService
import LockstepTesting
import Logging
import RabbitMQ
import Testing

@Suite("Loading a configuration")
struct ConfigurationLoadTests {
    @Test("--config goes before LOCKSTEP_CONFIG, then the working directory, then the system's, then defaults")
    func searchOrder() async throws {
        try await withTemporaryDirectory { directory in
            let places = ["option.yaml", "variable.yaml", "lockstep.yaml", "etc/lockstep.yaml"]
            try FileManager.default.createDirectory(
                at: directory.appending(path: "etc"), withIntermediateDirectories: true)
            for place in places {
                let origin = place.replacing("/", with: "-")
                try Data("origin: \(origin)".utf8).write(to: directory.appending(path: place))
            }
            var environment = ConfigurationEnvironment(
                variables: ["LOCKSTEP_CONFIG": "variable.yaml"],
                workingDirectory: directory,
                systemDirectory: directory.appending(path: "etc")
            )
            var options = ConfigurationOptions()
            options.file = "option.yaml"
            #expect(try Configuration.load(options, environment: environment).origin?.text == "option.yaml")
            #expect(try Configuration.load(environment: environment).origin?.text == "variable.yaml")
            environment.variables = [:]
            #expect(try Configuration.load(environment: environment).origin?.text == "lockstep.yaml")
            try FileManager.default.removeItem(at: directory.appending(path: "lockstep.yaml"))
            #expect(try Configuration.load(environment: environment).origin?.text == "etc-lockstep.yaml")
            try FileManager.default.removeItem(at: directory.appending(path: "etc/lockstep.yaml"))
            let none = try Configuration.load(environment: environment)
            #expect(none.file == nil)
            #expect(none.origin == nil)
        }
    }

    @Test("the command line goes before the environment, the environment before the file")
    func precedence() async throws {
        let yaml = "origin: file\nstate: from-file\nlog: { level: error, format: json }\n"
        let variables = [
            "LOCKSTEP_ORIGIN": "variable", "LOCKSTEP_STATE": "from-variable", "LOCKSTEP_LOG_LEVEL": "warning",
            "LOCKSTEP_LOG_FORMAT": "text", "LOCKSTEP_BROKER_URL": "amqp://core:s%40crt@one/,amqp://two:5673/",
            "LOCKSTEP_MANAGEMENT_URL": "http://admin:other@one:8080",
        ]
        var options = ConfigurationOptions()
        options.origin = "option"
        options.state = "from-option"
        options.logLevel = "trace"
        options.logFormat = "json"

        let file = try #require(try await load(yaml).configuration)
        #expect(file.origin?.text == "file")
        #expect(file.state.lastPathComponent == "from-file")
        #expect(file.log == LogConfiguration(level: .error, format: .json))

        let variable = try #require(try await load(yaml, variables: variables).configuration)
        #expect(variable.origin?.text == "variable")
        #expect(variable.state.lastPathComponent == "from-variable")
        #expect(variable.log == LogConfiguration(level: .warning, format: .text))
        #expect(variable.broker.endpoints.map(\.description) == ["amqp://core@one:5672/", "amqp://guest@two:5673/"])
        #expect(variable.broker.endpoints.first?.password == "s@crt")
        #expect(variable.broker.management.url == "http://one:8080/")
        #expect(variable.broker.management.user == "admin")
        #expect(variable.broker.management.password == "other")

        let option = try #require(try await load(yaml, variables: variables, options: options).configuration)
        #expect(option.origin?.text == "option")
        #expect(option.state.lastPathComponent == "from-option")
        #expect(option.log == LogConfiguration(level: .trace, format: .json))
    }

    @Test("mistakes in the environment and on the command line are named by their source, beside those of the file")
    func overrideProblems() async throws {
        var options = ConfigurationOptions()
        options.origin = "two words"
        let loaded = try await load(
            "orign: x\n",
            variables: [
                "LOCKSTEP_LOG_LEVEL": "verbose", "LOCKSTEP_BROKER_URL": "http://core:TOPSECRET@one/",
                "LOCKSTEP_MANAGEMENT_URL": "one:15672", "LOCKSTEP_LOG_FORMAT": "jsn",
            ],
            options: options
        )
        #expect(
            loaded.problems == [
                "lockstep.yaml:1:1: unknown key 'orign'; did you mean 'origin'?",
                "LOCKSTEP_BROKER_URL: The broker's URL cannot be read: it must begin with amqp:// or amqps://. "
                    + "It is amqp://user:password@host:port/vhost.",
                "LOCKSTEP_MANAGEMENT_URL: this is not the address of RabbitMQ's management, like "
                    + "http://127.0.0.1:15672/",
                "LOCKSTEP_LOG_LEVEL: one of trace, debug, info, notice, warning, error, critical, not 'verbose'",
                "LOCKSTEP_LOG_FORMAT: one of text, json, not 'jsn'",
                "--origin: 'two words' is not an origin (CloudEvents 'source'); it must not be empty, hold blanks or "
                    + "control characters, or exceed 200 bytes",
            ])
    }

    @Test("relative paths count from the file's directory, those of the command line from the working directory")
    func relativePaths() async throws {
        try await withTemporaryDirectory { directory in
            let elsewhere = directory.appending(path: "elsewhere")
            try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
            try Data("state: ../data\n".utf8).write(to: elsewhere.appending(path: "lockstep.yaml"))
            let environment = ConfigurationEnvironment(variables: [:], workingDirectory: directory)
            var options = ConfigurationOptions()
            options.file = "elsewhere/lockstep.yaml"
            let root = directory.standardizedFileURL.path
            #expect(try Configuration.load(options, environment: environment).state.path == root + "/data")
            options.state = "here"
            #expect(try Configuration.load(options, environment: environment).state.path == root + "/here")
        }
    }

    @Test("a file that was named has to be there, readable, small and UTF-8")
    func unreadableFiles() async throws {
        func problems(_ name: String) async throws -> [String] {
            var options = ConfigurationOptions()
            options.file = name
            return try await load("", options: options, files: ["big.yaml": String(repeating: "#", count: 4_194_305)])
                .problems
        }
        #expect(
            try await problems("nowhere.yaml")
                == ["nowhere.yaml: there is no such file; check the path (named by --config)"])
        #expect(
            try await problems("/proc/self")
                == [
                    "/proc/self: the file cannot be read; check that it is a file, and its permissions (named by --config)"
                ])
        #expect(
            try await problems("big.yaml")
                == ["big.yaml: more than 4 MiB; that is no configuration (named by --config)"])
    }

    @Test("the commented file of deploy/ loads, and names every key there is")
    func deployedFile() async throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../deploy/lockstep.yaml").standardizedFileURL
        let environment = ConfigurationEnvironment(variables: [:], workingDirectory: file.deletingLastPathComponent())
        let configuration = try Configuration.load(environment: environment)
        #expect(configuration.offices.map(\.office.text) == ["ward-3", "nmb-1", "city-hall"])

        let text = try String(contentsOf: file, encoding: .utf8)
        for key in ConfigurationKeys.all {
            #expect(text.contains(try Regex("(?m)[\\s{]\(key):")), "the key '\(key)' is not documented")
        }
    }

    @Test("the demo's file loads once its variables are set")
    func demoFile() async throws {
        let directory = URL(filePath: #filePath).appending(path: "../../../../deploy/burlington").standardizedFileURL
        var environment = ConfigurationEnvironment(variables: [:], workingDirectory: directory)
        let error = #expect(throws: ConfigurationError.self) { try Configuration.load(environment: environment) }
        let lines = error?.problems.compactMap(\.line) ?? []
        #expect(lines == [4, 5, 7, 8, 39, 40, 47, 48], "\(lines)")
        try await withTemporaryDirectory { state in
            try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8).write(
                to: state.appending(path: "webhook-secret"))
            environment.variables = [
                "LOCKSTEP_BROKER_URL": "amqp://guest:guest@127.0.0.1:25672/",
                "LOCKSTEP_MANAGEMENT_URL": "http://127.0.0.1:25673/", "LOCKSTEP_STATE": state.path,
                "LOCKSTEP_DEMO_PORT": "8470",
            ]
            let configuration = try Configuration.load(environment: environment)
            #expect(configuration.offices.count == 10)
            #expect(configuration.broker.endpoints.first?.port == 25_672)
            #expect(configuration.state.path == state.path)
        }
    }
}
