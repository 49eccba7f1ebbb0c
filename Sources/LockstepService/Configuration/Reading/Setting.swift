/// A value of the file with the place where it stands.
struct Setting: Sendable {
    /// A place in the file, counted from 1.
    struct Place: Sendable, Hashable {
        var line: Int
        var column: Int
    }

    /// What stands there.
    enum Content: Sendable {
        /// A key without a value, or `null`.
        case nothing
        case text(String)
        case list([Setting])
        case mapping([Entry])
    }

    /// A key and its value.
    struct Entry: Sendable {
        var key: String
        var keyPlace: Place
        var value: Setting
    }

    /// What it is called in messages: its key, or that of the list that it is in.
    var name: String
    var place: Place
    var content: Content

    /// Whether it is a key without a value, as is left when all below it is commented out.
    var isNothing: Bool {
        if case .nothing = content { true } else { false }
    }

    /// What a person would call the kind of value.
    var kind: String {
        switch content {
        case .nothing: "nothing"
        case .text: "a single value"
        case .list: "a list"
        case .mapping: "a block of keys"
        }
    }
}
