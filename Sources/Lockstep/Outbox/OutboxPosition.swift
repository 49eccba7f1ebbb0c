/// Where a row stands in its outbox: rows of a record that were committed later have a higher one.
public struct OutboxPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number that the database gave the row.
    public let number: Int64

    /// A position.
    public init(_ number: Int64) {
        self.number = number
    }

    public static func < (left: OutboxPosition, right: OutboxPosition) -> Bool { left.number < right.number }

    public var description: String { "\(number)" }
}
