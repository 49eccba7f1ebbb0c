/// Why a delivery was not applied.
public struct Failure: Sendable, Hashable {
    /// What kind of reason it is.
    public struct Class: Sendable, Hashable, CustomStringConvertible {
        /// Its name, as it stands in headers and lists.
        public let name: String

        /// A class by its name.
        public init(named name: String) {
            self.name = name
        }

        /// What came is not an event, and trying again would not mend it.
        public static let undecodable = Class(named: "undecodable")
        /// The office will not take it, and trying again would not mend it.
        public static let refused = Class(named: "refused")
        /// The office's replica could not be written.
        public static let store = Class(named: "store")
        /// The office's own system failed.
        public static let adapter = Class(named: "adapter")
        /// The office's own system asked to be tried later; it waits for as long as that, and not a little less.
        public static let later = Class(named: "later")
        /// An earlier event of its record comes first.
        public static let order = Class(named: "order")

        public var description: String { name }
    }

    /// What kind of reason it is.
    public var kind: Class
    /// What happened, for people; no payload.
    public var reason: String

    /// A failure.
    public init(_ kind: Class, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
