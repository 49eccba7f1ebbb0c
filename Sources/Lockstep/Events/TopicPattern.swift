/// What a subscription wants: words and wildcards over a routing key, as RabbitMQ's topic exchanges match them.
///
/// `*` stands for exactly one word, `#` for any number of words, none included.
public struct TopicPattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    public let text: String
    private let words: [Substring]

    /// Takes a pattern apart.
    ///
    /// - Throws: ``LockstepError`` with the code `invalidName`: an empty word, a wildcard glued to letters, a character
    ///   that no routing key of Lockstep's has, or more than 255 bytes.
    public init(_ text: String) throws(LockstepError) {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Name.longestRoutingKey,
            words.allSatisfy({ $0 == "*" || $0 == "#" || Name.isWord($0) })
        else {
            throw LockstepError(
                .invalidName,
                "not an event pattern; it needs words, '*' (one word) and '#' (any number of words) joined by dots, "
                    + "like 'permit.*.ward-3' or 'policy.#'"
            )
        }
        self.text = text
        self.words = words
    }

    /// Whether a routing key is wanted.
    public func matches(_ routingKey: String) -> Bool {
        Self.matches(words[...], routingKey.split(separator: ".", omittingEmptySubsequences: false)[...])
    }

    private static func matches(_ pattern: ArraySlice<Substring>, _ key: ArraySlice<Substring>) -> Bool {
        guard let word = pattern.first else { return key.isEmpty }
        let rest = pattern.dropFirst()
        if word == "#" {
            return matches(rest, key) || !key.isEmpty && matches(pattern, key.dropFirst())
        }
        guard let first = key.first, word == "*" || word == first else { return false }
        return matches(rest, key.dropFirst())
    }

    public var description: String { text }
}
