// swift-tools-version: 6.2
import PackageDescription

// CI sets this: a newer compiler's new warnings must not break anybody else's build.
let warnings: [SwiftSetting] =
    Context.environment["LOCKSTEP_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

let strict: [SwiftSetting] =
    warnings + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

// A target imports only lower rows (see Sources/Lockstep/Lockstep.docc/Architecture.md).
let package = Package(
    name: "lockstep",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "lockstep", targets: ["LockstepCommand"]),
        .library(name: "Lockstep", targets: ["Lockstep"]),
        .library(name: "LockstepHTTP", targets: ["LockstepHTTP"]),
        .library(name: "LockstepPostgres", targets: ["LockstepPostgres"]),
        .library(name: "LockstepRabbitMQ", targets: ["LockstepRabbitMQ"]),
        .library(name: "LockstepSQLite", targets: ["LockstepSQLite"]),
        .library(name: "LockstepService", targets: ["LockstepService"]),
        .library(name: "LockstepTesting", targets: ["LockstepTesting"]),
        .library(name: "RabbitMQ", targets: ["RabbitMQ"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // L0: one outside technology, no Swift callers but the row above.
        .target(
            name: "CRabbitMQ",
            // OpenSSL comes with librabbitmq-dev: only it says why a certificate is not trusted.
            linkerSettings: [.linkedLibrary("rabbitmq"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]
        ),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),
        .target(name: "ChildProcesses", swiftSettings: strict),
        .target(name: "CEventThread"),
        .target(name: "CSQLiteLog", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "EventThread", dependencies: ["CEventThread"], swiftSettings: strict),
        .target(
            name: "PrometheusText",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict
        ),
        .target(
            name: "PrivateBroker",
            dependencies: ["ChildProcesses", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .target(
            name: "PrivatePostgres",
            dependencies: ["ChildProcesses", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),

        // L1: a Swift client for the broker; knows nothing of Lockstep.
        .target(
            name: "RabbitMQ",
            dependencies: [
                "CRabbitMQ",
                "EventThread",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // L2: the domain; knows nothing of RabbitMQ, SQLite, HTTP.
        .target(
            name: "Lockstep",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict
        ),

        // L3: one outside technology each; never import each other.
        .target(
            name: "LockstepHTTP",
            dependencies: [
                "Lockstep",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "LockstepRabbitMQ",
            dependencies: [
                "Lockstep",
                "RabbitMQ",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "LockstepPostgres",
            dependencies: [
                "CPostgres",
                "EventThread",
                "Lockstep",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "LockstepSQLite",
            dependencies: [
                "CSQLiteLog",
                "Lockstep",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        // L4: what a process shows of itself over HTTP.
        .target(
            name: "LockstepServer",
            dependencies: [
                "Lockstep",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // L5: composition. Configuration in, services out.
        .target(
            name: "LockstepService",
            dependencies: [
                "ChildProcesses",
                "Lockstep",
                "LockstepHTTP",
                "LockstepPostgres",
                "LockstepRabbitMQ",
                "LockstepSQLite",
                "LockstepServer",
                "PrivateBroker",
                "PrometheusText",
                "RabbitMQ",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),

        // L6: the command, thin.
        .executableTarget(
            name: "LockstepCommand",
            dependencies: [
                "Lockstep",
                "LockstepService",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // Side: doubles, fixtures and conformance suites, for this package's tests and its users'.
        .target(
            name: "LockstepTesting",
            dependencies: [
                "ChildProcesses",
                "Lockstep",
                "PrivateBroker",
                "PrivatePostgres",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict
        ),

        .testTarget(
            name: "ChildProcessesTests",
            dependencies: ["ChildProcesses", "LockstepTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PrometheusTextTests",
            dependencies: [
                "LockstepTesting", "PrometheusText",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "EventThreadTests", dependencies: ["EventThread"], swiftSettings: strict),
        .testTarget(
            name: "RabbitMQTests",
            dependencies: [
                "CRabbitMQ", "EventThread", "LockstepTesting", "PrivateBroker", "PrometheusText", "RabbitMQ",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PrivateBrokerTests",
            dependencies: [
                "PrivateBroker",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepTestingTests",
            dependencies: [
                "LockstepTesting", "PrivateBroker",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepTests",
            dependencies: [
                "Lockstep", "LockstepTesting", "PrometheusText",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepSQLiteTests",
            dependencies: [
                "Lockstep", "LockstepSQLite", "LockstepTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PrivatePostgresTests",
            dependencies: [
                "LockstepTesting", "PrivatePostgres",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepPostgresTests",
            dependencies: [
                "Lockstep", "LockstepPostgres", "LockstepTesting", "PrivatePostgres",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepHTTPTests",
            dependencies: [
                "Lockstep", "LockstepHTTP", "LockstepTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepRabbitMQTests",
            dependencies: [
                "Lockstep", "LockstepRabbitMQ", "LockstepTesting", "PrivateBroker", "RabbitMQ",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepServerTests",
            dependencies: [
                "Lockstep", "LockstepRabbitMQ", "LockstepServer", "LockstepService", "LockstepSQLite",
                "LockstepTesting",
                "PrivateBroker", "RabbitMQ",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepServiceTests",
            dependencies: [
                "Lockstep", "LockstepHTTP", "LockstepRabbitMQ", "LockstepService", "LockstepSQLite", "LockstepTesting",
                "PrivateBroker", "RabbitMQ",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockstepCommandTests",
            dependencies: [
                "ChildProcesses", "Lockstep", "LockstepCommand", "LockstepHTTP", "LockstepRabbitMQ", "LockstepSQLite",
                "LockstepTesting",
                "PrivateBroker", "RabbitMQ",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            exclude: ["Resources"],
            swiftSettings: strict
        ),
        // Every Swift snippet of the README and the DocC pages, compiled.
        .testTarget(
            name: "SnippetTests",
            dependencies: [
                "Lockstep", "LockstepHTTP", "LockstepPostgres", "LockstepRabbitMQ", "LockstepSQLite", "LockstepService",
                "LockstepTesting", "PrivateBroker", "PrivatePostgres", "RabbitMQ",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
    ]
)

// Asked for by deploy/bench: what nobody else builds, and a plain C program to compare with.
if Context.environment["LOCKSTEP_BENCHMARKS"] != nil {
    package.targets += [
        .executableTarget(
            name: "BenchmarkBaseline",
            linkerSettings: [.linkedLibrary("rabbitmq"), .linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Lockstep", "LockstepHTTP", "LockstepPostgres", "LockstepRabbitMQ", "LockstepSQLite", "LockstepTesting",
                "PrivatePostgres", "RabbitMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
    ]
}
