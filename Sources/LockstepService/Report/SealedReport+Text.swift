extension SealedReport {
    /// The report in a form.
    ///
    /// - Parameter width: The columns that text may have; nil: as many as it needs.
    public func written(as form: ReportForm, width: Int? = nil) throws -> String {
        switch form {
        case .text: text(width: width)
        case .csv: csv
        case .html: html
        case .json: try json()
        }
    }

    /// What it is called.
    var title: String {
        let about = report.about.map { " about \($0)" } ?? ""
        return "Report \(seal.number)\(about), as of \(report.asOf)"
    }

    /// What it is checked by, as names and values.
    var sealDetails: [Detail] {
        [
            Detail("made", seal.made), Detail("form", seal.form),
            Detail("content", seal.content),
            Detail("previous", seal.previous ?? "none; it is the first one"), Detail("digest", seal.digest),
        ]
    }

    /// For people.
    ///
    /// - Parameter width: The terminal's columns; nil: as many as it needs.
    public func text(width: Int?) -> String {
        var text = title + "\n"
        for table in report.tables {
            text += "\n\(table.section.title)\n"
            text += table.rows.isEmpty ? "\(table.section.sentence ?? "")\n" : table.text(width)
            if let remainder = table.remainder { text += remainder + "\n" }
        }
        text += "\n"
        for note in report.notes { text += "Note: \(note)\n" }
        if !report.notes.isEmpty { text += "\n" }
        return text + DetailText.text(sealDetails)
    }
}
