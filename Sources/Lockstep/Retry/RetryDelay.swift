/// One of the delays that the broker keeps waiting queues for, shared by all offices.
public struct RetryDelay: Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
    /// Its name, a word of routing keys and queue names.
    public let name: String
    /// How long it is.
    public let duration: Duration

    private init(name: String, seconds: Int) {
        self.name = name
        duration = .seconds(seconds)
    }

    /// All of them, the shortest first.
    public static let allCases: [RetryDelay] = [
        RetryDelay(name: "1s", seconds: 1),
        RetryDelay(name: "5s", seconds: 5),
        RetryDelay(name: "30s", seconds: 30),
        RetryDelay(name: "2m", seconds: 120),
        RetryDelay(name: "10m", seconds: 600),
        RetryDelay(name: "1h", seconds: 3600),
    ]

    /// The delay of a name, if there is one.
    public init?(named name: String) {
        guard let delay = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = delay
    }

    /// The longest delay that is not longer than this, or the shortest of all.
    public init(closestTo duration: Duration) {
        self = Self.allCases.last { $0.duration <= duration } ?? Self.allCases[0]
    }

    /// The shortest delay that is not shorter than this, or the longest of all.
    public init(atLeast duration: Duration) {
        self = Self.allCases.first { $0.duration >= duration } ?? Self.allCases[Self.allCases.count - 1]
    }

    public static func < (left: RetryDelay, right: RetryDelay) -> Bool { left.duration < right.duration }

    public var description: String { name }
}
