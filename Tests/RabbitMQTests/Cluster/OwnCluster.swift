import LockstepTesting
import PrivateBroker
import Testing

/// Gives a suite a cluster of its own, for all of its tests: each must leave all nodes running.
struct OwnCluster: SuiteTrait, TestScoping {
    @TaskLocal private static var current: PrivateCluster?

    /// The cluster of the suite that is running.
    static var cluster: PrivateCluster {
        get throws { try #require(current, "The suite has no cluster: give it the trait `.ownCluster`.") }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = PrivateClusterConfiguration(directory: directory)
            // How long the others take to give up a node that stands still; a minute unless said otherwise. What a queue's
            // new leader writes down waits for that.
            configuration.extraConfig = ["net_ticktime = 10", "cluster_partition_handling = pause_minority"]
            try await withPrivateCluster(configuration, logger: .quiet) { cluster in
                try await Self.$current.withValue(cluster) { try await function() }
            }
        }
    }
}

extension Trait where Self == OwnCluster {
    static var ownCluster: Self { OwnCluster() }
}
