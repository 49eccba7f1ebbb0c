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
          overflow-wrap: anywhere; }
        tr.urgent td:first-child { border-left: 4px solid #c62828; padding-left: .5rem; font-weight: 600; }
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
        func cells(_ name: String, _ texts: [String]) -> String {
            texts.map { "<\(name)>\(HTMLText.escaped($0))</\(name)>" }.joined()
        }
        text += "<div class=\"scroll\"><table>\n<thead><tr>\(cells("th", table.columns))</tr></thead>\n<tbody>\n"
        for (index, row) in table.rows.enumerated() {
            text += "<tr\(table.urgent.contains(index) ? " class=\"urgent\"" : "")>\(cells("td", row))</tr>\n"
        }
        return text + "</tbody>\n</table></div>\n"
    }
}
