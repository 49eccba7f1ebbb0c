/// Why deliveries were given up, told apart by what their reasons have in common.
///
/// Numbers, names with digits in them and quoted parts of a reason are blanked, since they differ from one delivery to
/// the next: "no slot 'A-12' on 2024-04-01" and "no slot 'B-7' on 2024-05-02" have one cause.
public struct DeadLetterCause: Sendable, Hashable {
    /// What kind of reason it is, like `refused`.
    public let errorClass: String
    /// The reason with what differs blanked.
    public let reason: String

    /// The cause of a delivery's failure.
    public init(errorClass: String, reason: String) {
        self.errorClass = errorClass
        self.reason = Self.blanked(reason)
    }

    /// Names it in lists and commands: eight hexadecimal digits, the same on every machine.
    public var id: String {
        String(DerivedID.text(of: [errorClass, reason]).prefix(8))
    }

    /// Whether a text that somebody gave means this cause: its id, or the class of it and others.
    public func isMeant(by text: String) -> Bool {
        text == errorClass || text.lowercased() == id
    }

    private static let opening: [Unicode.Scalar: Unicode.Scalar] = [
        "'": "'", "\"": "\"", "`": "`", "“": "”", "‘": "’", "«": "»",
    ]

    private static func blanked(_ reason: String) -> String {
        let scalars = Array(reason.unicodeScalars)
        var (blanked, word) = (String.UnicodeScalarView(), String.UnicodeScalarView())
        func isLetter(_ index: Int) -> Bool {
            scalars.indices.contains(index)
                && (scalars[index].properties.isAlphabetic || ("0"..."9").contains(scalars[index]))
        }
        func endWord() {
            // A full stop or colon behind a word is none of it.
            var tail = String.UnicodeScalarView()
            while let last = word.last, ".:/".unicodeScalars.contains(last) {
                tail.insert(word.removeLast(), at: tail.startIndex)
            }
            if word.contains(where: { ("0"..."9").contains($0) }) {
                blanked.append("#")
            } else {
                blanked += word
            }
            blanked += tail
            word.removeAll()
        }
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            // An apostrophe within a word opens nothing.
            if let closing = opening[scalar], !isLetter(index - 1),
                let end = (index + 1..<scalars.count).first(where: { scalars[$0] == closing && !isLetter($0 + 1) })
            {
                endWord()
                blanked += [scalar, "…", closing]
                index = end + 1
                continue
            }
            if isLetter(index) || "-_./:+@".unicodeScalars.contains(scalar) {
                word.append(scalar)
            } else {
                endWord()
                blanked.append(scalar)
            }
            index += 1
        }
        endWord()
        return String(blanked)
    }
}
