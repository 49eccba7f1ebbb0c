import Lockstep
import LockstepRabbitMQ
import LockstepSQLite
import Logging
import RabbitMQ

/// Has the ledger know of deaths that no worker reports: what the broker gave up itself, and what came back to an office
/// that is gone.
///
/// Looked for among the dead letters of an office where their number is another one than at the last look, and the ledger
/// knows of deliveries whose end it has not heard of: looking hides letters from others for moments.
struct UnreportedDeaths {
    /// How often it is looked whether there is anything to look at.
    private static let interval = Duration.seconds(30)
    /// How many deaths are taken in at once.
    private static let most = 500

    let configuration: Configuration
    let client: RabbitMQClient
    let ledger: SQLiteLedger
    let logger: Logger
    /// Those that subscribe now.
    let offices: @Sendable () -> [Subscription]
    var every = UnreportedDeaths.interval

    func run() async {
        var seen: [OfficeName: Int] = [:]
        repeat {
            do {
                try await look(&seen)
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "The ledger cannot look for deliveries that the broker gave up; it tries again",
                    metadata: ["reason": "\(ErrorText.reason(error))"])
            }
        } while (try? await Task.sleep(for: every)) != nil
    }

    private func look(_ seen: inout [OfficeName: Int]) async throws {
        let reader = try SQLiteLedgerReader(path: configuration.ledgerFile)
        defer { try? reader.close() }
        let summaries = try await reader.summaries(among: offices())
        for summary in summaries where summary.waiting + summary.silent > 0 {
            let queue = BrokerName.deadLetters(of: summary.office)
            guard let depth = try await client.inspect(queue: queue)?.messages, depth > 0, depth != seen[summary.office]
            else { continue }
            try await learn(of: summary.office)
            seen[summary.office] = depth
        }
    }

    private func learn(of office: OfficeName) async throws {
        var batches: [Timestamp: [Receipt]] = [:]
        try await DeadLetters(of: office, client: client).visitUnreported { receipt, moment in
            batches[moment, default: []].append(receipt)
        }
        let reports = batches.sorted { $0.key < $1.key }.map { moment, receipts in
            LedgerReport.receipts(ReceiptBatch(office: office, at: moment, receipts: receipts))
        }
        for start in stride(from: 0, to: reports.count, by: Self.most) {
            try await ledger.take(Array(reports[start..<min(start + Self.most, reports.count)]))
        }
    }
}
