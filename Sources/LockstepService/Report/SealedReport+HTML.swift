import LockstepServer

extension SealedReport {
    /// A page to be printed, without anything from elsewhere.
    public var html: String {
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <title>\(HTMLText.escaped(title))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <h1>\(HTMLText.escaped(title))</h1>

            """
        for table in report.tables {
            page += "<h2>\(HTMLText.escaped(table.section.title))</h2>\n"
            page += table.rows.isEmpty ? "<p>\(HTMLText.escaped(table.section.sentence ?? ""))</p>\n" : table.html
            if let remainder = table.remainder { page += "<p>\(HTMLText.escaped(remainder))</p>\n" }
        }
        if !report.notes.isEmpty {
            page += "<h2>Notes</h2>\n"
            for note in report.notes { page += "<p>\(HTMLText.escaped(note))</p>\n" }
        }
        page += "<footer>\n<dl>\n"
        for detail in sealDetails {
            page += "<dt>\(HTMLText.escaped(detail.name))</dt><dd>\(HTMLText.escaped(detail.value))</dd>\n"
        }
        return page + "</dl>\n</footer>\n</body>\n</html>\n"
    }

    private static let style = """
        :root { color-scheme: light; }
        body { font: 14px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 2rem auto;
          max-width: 80rem; padding: 0 1.5rem; }
        h1 { font-size: 1.5rem; margin: 0 0 1.5rem; }
        h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; break-after: avoid; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: #57606a; vertical-align: bottom; }
        th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #d8dee4; }
        td { vertical-align: top; max-width: 24rem; overflow-wrap: break-word; }
        .number { text-align: right; white-space: nowrap; }
        th.number { white-space: normal; }
        tr { break-inside: avoid; }
        thead { display: table-header-group; }
        footer { margin-top: 2rem; color: #57606a; font-size: .85em; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
        dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
        @page { size: A4 landscape; margin: 12mm; }
        @media print { body { margin: 0; padding: 0; max-width: none; font-size: 9pt; } }
        """
}

extension ReportTable {
    fileprivate var html: String {
        func line(_ name: String, _ cells: [String]) -> String {
            let cells = zip(cells, isQuantity).map { text, isQuantity in
                "<\(name)\(isQuantity ? " class=\"number\"" : "")>\(HTMLText.escaped(text))</\(name)>"
            }
            return "<tr>" + cells.joined() + "</tr>\n"
        }
        return "<table>\n<thead>\n" + line("th", titles) + "</thead>\n<tbody>\n"
            + rows.map { line("td", $0.map(\.display)) }.joined() + "</tbody>\n</table>\n"
    }
}
