import Lockstep
import RabbitMQ

/// The messages in which workers and publishers report to the ledger.
enum ReportMessage {
    /// The type of what offices report.
    static let receipts = "lockstep.receipts"
    /// The type of what publishers report.
    static let publications = "lockstep.publications"

    /// What a publisher reports.
    static func publication(of report: PublicationReport) -> Publication {
        let message = Message(
            body: PublicationCodec.json(report),
            properties: MessageProperties(contentType: "application/json", type: publications))
        return Publication(message, to: BrokerName.receipts, routingKey: BrokerName.publications)
    }

    /// Reads a report.
    ///
    /// - Throws: ``/Lockstep/LockstepError``, mostly `invalidReceipt` or `invalidJSON`, with what is wrong.
    static func report(from delivery: Delivery) throws(LockstepError) -> LedgerReport {
        guard !delivery.bodyWasTooLarge else {
            throw LockstepError(.invalidReceipt, "not a report for the ledger: it is larger than any")
        }
        switch delivery.message.properties.type {
        case receipts: return .receipts(try ReceiptCodec.batch(fromJSON: delivery.message.body))
        case publications: return .publications(try PublicationCodec.report(fromJSON: delivery.message.body))
        default:
            throw LockstepError(
                .invalidReceipt,
                "not a report for the ledger: its type is neither \(receipts) nor \(publications)"
            )
        }
    }
}
