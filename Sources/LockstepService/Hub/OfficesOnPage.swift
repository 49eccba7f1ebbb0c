import LockstepServer

/// The offices as the page shows them; pure.
struct OfficesOnPage {
    private let offices: [OfficeRow]
    private let isKnown: Bool

    /// - Parameter offices: nil: it is not known which there are, and how they are.
    init(_ offices: [OfficeRow]?) {
        self.offices = offices ?? []
        isKnown = offices != nil
    }

    var table: HubOverview.Table {
        HubOverview.Table(
            "Offices",
            columns: [
                "Office", "Workers", "Ready", "In work", "Waiting", "Dead", "In a second", "Out a second", "Breaker",
                "Paused",
            ],
            rows: offices.map(Self.cells),
            ifEmpty: isKnown ? "There is no office." : "It is not known.", numbers: Set(1...7),
            urgent: Set(offices.indices.filter { Self.isUrgent(offices[$0]) }))
    }

    private static func cells(_ row: OfficeRow) -> [String] {
        func number(_ number: Int?) -> String { number.map(NumberText.grouped) ?? "-" }
        return [
            row.office, row.consumers == 0 ? "none" : number(row.consumers), number(row.ready),
            number(row.unacknowledged), number(row.waiting), number(row.dead), NumberText.rate(row.rateIn),
            NumberText.rate(row.rateOut), row.breaker?.text ?? "-", row.paused?.text ?? "-",
        ]
    }

    /// Whether somebody has to look: an operator's pause is meant to be.
    private static func isUrgent(_ row: OfficeRow) -> Bool {
        if row.dead ?? 0 > 0 { return true }
        if let paused = row.paused { return paused.cause == "gone" }
        return row.consumers == 0 || row.breaker.map { $0.state != "closed" } ?? false
    }
}
