import LockstepTesting
import Logging
import PrivateBroker
import RabbitMQ
import Testing

extension OwnBrokerTests {
    /// Three nodes, and clients that know all of them.
    @Suite(.serialized, .ownCluster, .timeLimit(.minutes(5)))
    struct ClusterTests {
        private let cluster: PrivateCluster
        private let endpoints: [Endpoint]

        init() throws {
            cluster = try OwnCluster.cluster
            endpoints = try cluster.amqpURLs.map { try Endpoint(url: $0) }
        }

        @Test
        func clientsBeginWithDifferentNodes() async throws {
            var first: Set<String> = []
            // That twenty clients all begin alike happens once in 3^19 times.
            for _ in 0..<20 where first.count < 2 {
                let endpoint = try await withClient(RabbitMQClientConfiguration(endpoints: endpoints)) { client in
                    client.status.publishing.endpoint
                }
                first.insert(try #require(endpoint))
            }
            #expect(first.count > 1)
        }

        /// Where the publishing connection is lost with the leader, the next one finds a queue that still has none.
        @Test(arguments: [true, false])
        func nothingIsLostWhenTheLeaderIsKilled(withThePublishersNode: Bool) async throws {
            try await nothingIsLost(endpoints) { client, traffic in
                try await untilReplicated()
                let leader = try #require(
                    cluster.nodes.first { isPublishing(client, to: $0) == withThePublishersNode })
                try await cluster.moveLeader(of: "q", to: leader)
                try await leader.kill()
                try await confirmsResume("leader killed, \(withThePublishersNode)", traffic)
                #expect(!isPublishing(client, to: leader))
                try await leader.restart()
                try await untilReplicated()
            }
        }

        /// A node that stands still holds its connections, and answers nobody: the others must notice by themselves.
        ///
        /// What a channel has published meanwhile RabbitMQ 3.10 does not pass on to the new leader: only the client's
        /// own time-out of confirms brings it there.
        @Test
        func nothingIsLostWhenTheLeaderFreezes() async throws {
            try await nothingIsLost(endpoints, heartbeat: .seconds(2), confirmTimeout: .seconds(8)) { client, traffic in
                try await untilReplicated()
                let leader = try #require(cluster.nodes.first { isPublishing(client, to: $0) })
                try await cluster.moveLeader(of: "q", to: leader)
                try await leader.freeze()
                try await confirmsResume("leader frozen", traffic)
                #expect(!isPublishing(client, to: leader))
                try await leader.thaw()
                // It comes to itself among nodes that have given it up: a restart makes it one of them again.
                try await leader.restart()
                try await untilReplicated()
            }
        }

        @Test
        func publishesWaitForTheMajority() async throws {
            try await nothingIsLost(endpoints) { client, traffic in
                try await untilReplicated()
                let leader = try #require(try await cluster.leader(of: "q"))
                let other = try #require(cluster.nodes.first { $0 !== leader })
                try await leader.kill()
                try await other.kill()
                let before = traffic.confirmed.count
                // Not to wait for anything: for so long nothing may happen.
                try await Task.sleep(for: .seconds(8))
                // What each publisher had under way may have been confirmed just before.
                #expect(traffic.confirmed.count - before <= Traffic.publishers)

                async let leaderIsBack: Void = leader.restart()
                async let otherIsBack: Void = other.restart()
                _ = try await (leaderIsBack, otherIsBack)
                try await confirmsResume("majority back", traffic)
                try await untilReplicated()
            }
        }

        private func isPublishing(_ client: RabbitMQClient, to node: PrivateBroker) -> Bool {
            client.status.publishing.endpoint?.contains(":\(node.amqpPort)/") == true
        }

        /// Waits until the queue is safe on all nodes.
        ///
        /// RabbitMQ 3.10 writes down which files belong to a new quorum queue only a second after its declaration.
        private func untilReplicated() async throws {
            let written = ContinuousClock.now + .seconds(3)
            try await eventually("all replicas run", within: .seconds(60)) {
                try await cluster.online(for: "q").count == cluster.nodes.count
            }
            try await Task.sleep(until: written)
        }

        /// Waits until every publisher has been confirmed again, and tells how long that took.
        private func confirmsResume(_ what: String, _ traffic: Traffic) async throws {
            let start = ContinuousClock.now
            let before = traffic.confirmed.count
            try await eventually("confirms resume", within: .seconds(60)) {
                traffic.confirmed.count > before + Traffic.publishers
            }
            Logger(label: "cluster-tests").info("\(what): confirms resumed after \(ContinuousClock.now - start)")
        }
    }
}
