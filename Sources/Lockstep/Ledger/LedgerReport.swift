/// What is reported to the ledger.
public enum LedgerReport: Sendable, Hashable {
    /// What an office has done.
    case receipts(ReceiptBatch)
    /// What a publisher has done.
    case publications(PublicationReport)
}
