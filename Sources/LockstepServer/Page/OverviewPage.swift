/// The hub's page for administrators: it shows, and changes nothing; no script runs in it.
struct OverviewPage {
    let overview: HubOverview

    /// What the page may load: its own style, and nothing else from anywhere.
    static let policy =
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    static let style = """
        :root { color-scheme: light dark; }
        body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1.5rem; }
        h1 { font-size: 1.5rem; margin: 0; }
        h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
        .at { opacity: .7; margin: .25rem 0 0; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; opacity: .7; }
        th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top;
          overflow-wrap: break-word; min-width: 5rem; max-width: 24rem; }
        th { vertical-align: bottom; }
        .number { text-align: right; min-width: 0; }
        td.number { white-space: nowrap; }
        tr.urgent td:first-child { border-left: 4px solid #c62828; padding-left: .5rem; font-weight: 600; }
        @media (max-width: 56rem) {
          thead { display: none; }
          tr, td { display: block; }
          tr { border-bottom: 1px solid #8884; padding: .4rem 0; }
          td, td.number { border: 0; max-width: none; padding: .05rem 0; text-align: left; white-space: normal; }
          td::before { content: attr(data-title) ": "; opacity: .7; }
          td:first-child { font-weight: 600; }
          tr.urgent { border-left: 4px solid #c62828; padding-left: .5rem; }
          tr.urgent td:first-child { border-left: 0; padding-left: 0; }
        }
        footer { margin-top: 2rem; opacity: .7; }

        """

    var html: String {
        var page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta http-equiv="refresh" content="30">
            <title>Lockstep</title>
            <link rel="stylesheet" href="/page.css">
            </head>
            <body>
            <h1>Lockstep</h1>
            <p class="at">as of \(HTMLText.escaped(overview.at)); shown anew every 30 seconds</p>

            """
        for table in overview.tables { page += Self.html(of: table) }
        if !overview.notes.isEmpty {
            page += "<h2>Not known</h2>\n"
            for note in overview.notes { page += "<p>\(HTMLText.escaped(note))</p>\n" }
        }
        return page + """
            <footer>The API behind it: <a href="/openapi.json">openapi.json</a>, <a href="/metrics">metrics</a>,
            <a href="/readyz">readiness</a></footer>
            </body>
            </html>

            """
    }

    private static func html(of table: HubOverview.Table) -> String {
        var text = "<h2>\(HTMLText.escaped(table.title))</h2>\n"
        guard !table.rows.isEmpty else { return text + "<p>\(HTMLText.escaped(table.ifEmpty))</p>\n" }
        func cell(_ name: String, _ text: String, _ column: Int, _ attributes: String = "") -> String {
            let style = table.numbers.contains(column) ? " class=\"number\"" : ""
            return "<\(name)\(style)\(attributes)>\(HTMLText.escaped(text))</\(name)>"
        }
        let titles = table.columns.enumerated().map { cell("th", $1, $0) }.joined()
        text += "<div class=\"scroll\"><table>\n<thead><tr>\(titles)</tr></thead>\n<tbody>\n"
        for (index, row) in table.rows.enumerated() {
            // Where the window is too narrow for a table, each cell says by itself what it is.
            let cells = zip(table.columns, row).enumerated().map { column, cells in
                cell("td", cells.1, column, " data-title=\"\(HTMLText.escaped(cells.0))\"")
            }
            text += "<tr\(table.urgent.contains(index) ? " class=\"urgent\"" : "")>\(cells.joined())</tr>\n"
        }
        return text + "</tbody>\n</table></div>\n"
    }
}
