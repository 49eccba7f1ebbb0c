/// What is kept of who has what.
public struct LedgerConfiguration: Sendable, Hashable {
    /// How long an event is remembered after the ledger has first heard of it.
    public var keep: Duration
    /// Whether what is published from here is reported to the ledger.
    public var publications: Bool

    /// 30 days, and reported, unless said otherwise.
    public init(keep: Duration = .seconds(30 * 86_400), publications: Bool = true) {
        self.keep = keep
        self.publications = publications
    }
}
