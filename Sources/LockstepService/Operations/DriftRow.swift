import Lockstep

/// A record in which an office differs from the core.
public struct DriftRow: TableRow, Hashable {
    /// The office.
    public var office: String
    /// `missing`, `behind`, `ahead` or `different`, as seen from the office.
    public var difference: String
    /// The record.
    public var subject: String
    /// The newest version that the core shows; null: it has never heard of the record.
    @OrNull public var coreVersion: String?
    /// The newest version that the office shows; null: it has never heard of the record.
    @OrNull public var officeVersion: String?
    /// Whether each side was sent what it lacked.
    public var repaired: Bool

    init(_ finding: DriftFinding, of office: OfficeName, repaired: Bool) {
        self.office = office.text
        difference = finding.kind.rawValue
        subject = finding.subject.text
        coreVersion = finding.core?.record.version?.description
        officeVersion = finding.office?.record.version?.description
        self.repaired = repaired
    }

    public static let columns: [TableColumn<DriftRow>] = [
        .text("OFFICE") { $0.office },
        .text("DIFFERENCE") { $0.difference },
        .text("RECORD", isFlexible: true) { $0.subject },
        .text("CORE") { $0.coreVersion ?? "-" },
        .text("OFFICE HAS") { $0.officeVersion ?? "-" },
        .text("DONE") { $0.repaired ? "sent" : "nothing" },
    ]
}

/// How many records an office was sent to begin with.
public struct BootstrapReport: Detailed, Hashable {
    /// The office.
    public var office: String
    /// Records that were sent.
    public var sent: Int
    /// Records of which the office gets only some events, or nobody knows which: they come with their next events.
    public var left: Int

    public var details: [Detail] {
        [Detail("office", office), Detail("records sent", sent), Detail("records left to their next events", left)]
    }
}
