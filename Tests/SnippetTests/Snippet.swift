import Foundation

/// Code between two fences of a page.
struct Snippet: Sendable, CustomStringConvertible {
    let page: String
    let line: Int
    let language: String
    let text: String

    var description: String { "\(page):\(line)" }

    /// What counts of it: everything but blanks and the breaks of lines.
    var essence: String { Self.essence(text) }

    static func essence(_ text: String) -> String { text.filter { !$0.isWhitespace } }

    static var checkout: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// All of the README's and of the DocC catalogs'.
    static func all() throws -> [Snippet] {
        let sources = checkout.appending(path: "Sources")
        var pages = [checkout.appending(path: "README.md")]
        for case let file as URL in FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "md" && file.path.contains(".docc/") {
            pages.append(file)
        }
        return try pages.sorted { $0.path < $1.path }.flatMap { page in
            try snippets(
                in: String(contentsOf: page, encoding: .utf8), of: String(page.path.dropFirst(checkout.path.count)))
        }
    }

    static func snippets(in text: String, of page: String) -> [Snippet] {
        var snippets: [Snippet] = []
        var open: (line: Int, language: String)?
        var gathered: [Substring] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let (start, language) = open {
                    snippets.append(
                        Snippet(page: page, line: start, language: language, text: gathered.joined(separator: "\n")))
                    open = nil
                } else {
                    open = (index + 1, String(line.dropFirst(3)))
                }
                gathered = []
            } else if open != nil {
                gathered.append(line)
            }
        }
        return snippets
    }
}
