import Lockstep
import LockstepTesting
import Testing

@Suite("Templates")
struct TemplateTests {
    @Test("runs of blanks become one and those at the ends go, whatever the characters")
    func blanksCollapse() throws {
        let ascii: [Character] = ["a", "Z", " ", " ", "\t", "\n", "\r\n", "\r", "\u{B}", "\u{1F}", "~", "0", "\0"]
        let foreign: [Character] = ["é", "\u{A0}", "\u{2003}", "\u{85}", "家", "👩‍👩‍👧"]
        try forEachSeed(4_000) { seed, noise in
            let alphabet = seed.isMultiple(of: 2) ? ascii : ascii + foreign
            let length = Int.random(in: 1...16, using: &noise)
            let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &noise) })
            let words = text.split(whereSeparator: \.isWhitespace)
            try #require(Template(text).fill(from: JSONObject()) == words.joined(separator: " "))
        }
    }
}
