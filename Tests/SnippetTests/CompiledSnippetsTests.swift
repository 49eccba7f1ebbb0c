import Foundation
import Testing

@Suite("Snippets of the pages")
struct CompiledSnippetsTests {
    /// All that is compiled to show that snippets can be.
    private static func compiled() throws -> String {
        let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snippets")
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
            .map { Snippet.essence(try String(contentsOf: $0, encoding: .utf8)) }
            .joined(separator: "\n")
    }

    @Test("each Swift snippet is compiled as it stands")
    func swift() throws {
        let compiled = try Self.compiled()
        let snippets = try Snippet.all().filter { $0.language == "swift" }
        #expect(snippets.count > 15, "there are some")
        for snippet in snippets {
            #expect(
                compiled.contains(snippet.essence),
                "\(snippet) does not stand word for word in a file under Tests/SnippetTests/Snippets")
        }
    }

    @Test("a fence says what is in it, so that no Swift hides from this")
    func languages() throws {
        for snippet in try Snippet.all() where snippet.language.isEmpty {
            #expect(
                !snippet.text.contains("try ") && !snippet.text.contains("import "), "\(snippet) may be Swift; say so")
        }
    }

    @Test("a snippet that is not compiled is found")
    func missing() throws {
        let snippet = try #require(Snippet.snippets(in: "a\n```swift\nlet nowhere = 17\n```\n", of: "a.md").first)
        #expect(snippet.line == 2)
        #expect(try !Self.compiled().contains(snippet.essence))
    }
}
