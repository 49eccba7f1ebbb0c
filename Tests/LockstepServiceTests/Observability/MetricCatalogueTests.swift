import Foundation
import Testing

@testable import LockstepService

@Suite(.timeLimit(.minutes(1)))
struct MetricCatalogueTests {
    private static func file(_ path: String) throws -> String {
        let checkout = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return try String(contentsOf: checkout.appending(path: path), encoding: .utf8)
    }

    @Test func theGuideHasEachMetric() throws {
        let guide = try Self.file("Sources/Lockstep/Lockstep.docc/Metrics.md")
        for name in MetricCatalogue.names { #expect(guide.contains("`\(name)`"), "\(name)") }
    }

    @Test func theAlertsAskForMetricsThatThereAre() throws {
        let rules = try Self.file("deploy/prometheus/alerts.yaml")
        let names = Set(MetricCatalogue.names)
        let asked = rules.matches(of: /(?:lockstep|rabbitmq_client)_[a-z_]+/).map { String($0.output) }
        #expect(!asked.isEmpty)
        for name in asked {
            let base = name.replacing(/_(?:bucket|sum|count)$/, with: "")
            #expect(names.contains(name) || names.contains(base), "\(name)")
        }
    }
}
