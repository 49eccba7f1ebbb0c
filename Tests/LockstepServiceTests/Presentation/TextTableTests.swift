import LockstepService
import Testing

@Suite("Tables")
struct TextTableTests {
    struct Row: TableRow {
        var name: String
        var count: Int?
        var note: String

        static let columns: [TableColumn<Row>] = [
            .text("NAME") { $0.name }, .number("COUNT") { $0.count }, .text("NOTE", isFlexible: true) { $0.note },
        ]
    }

    @Test("texts stand left, numbers right with commas, and lines end without blanks")
    func aligns() {
        let rows = [
            Row(name: "ward-3", count: 1_234_567, note: "a"), Row(name: "city-hall", count: nil, note: ""),
            Row(name: "ñandú", count: 7, note: "ccc"),
        ]
        #expect(
            TextTable.text(rows) == """
                NAME           COUNT  NOTE
                ward-3     1,234,567  a
                city-hall          -
                ñandú              7  ccc

                """)
    }

    @Test("a flexible column is cut to the terminal's width, the others never")
    func cuts() {
        let rows = [Row(name: "a-name-that-is-long", count: 1, note: String(repeating: "x", count: 100))]
        let lines = TextTable.text(rows, width: 60).split(separator: "\n")
        #expect(lines.map(\.count).max() == 60)
        #expect(lines[1].hasSuffix("x…"))
        #expect(lines[1].hasPrefix("a-name-that-is-long"))
        let narrow = TextTable.text(rows, width: 10).split(separator: "\n")
        #expect(narrow[1] == "a-name-that-is-long      1  xxxxxxxxxxx…")
    }

    @Test("what others put into a cell neither breaks the table nor talks to the terminal")
    func harmless() {
        let text = TextTable.text([Row(name: "a\nb\u{1B}[2Jc\u{202E}d\u{2028}e", count: 1, note: "\r\t")])
        #expect(text.split(separator: "\n").count == 2)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    @Test("an empty list is a sentence for people and an empty array for programs")
    func empty() throws {
        #expect(try Answer(isJSON: false).list([Row](), ifEmpty: "Nothing.") == "Nothing.\n")
        #expect(try Answer(isJSON: true).list([Row](), ifEmpty: "Nothing.") == "[\n\n]\n")
    }

    @Test("details stand in one column, further lines below the first")
    func details() {
        let text = DetailText.text([Detail("a", "1"), Detail("longer", "x\ny"), Detail("n", 12_345)])
        #expect(text == "a       1\nlonger  x\n        y\nn       12,345\n")
    }
}
