public import Lockstep

/// What a ``HistoryChecker`` found, in no order; counts are over deliveries, so an event of two offices counts twice.
public struct HistoryVerdict: Sendable, Hashable {
    /// An event at an office.
    public struct Finding: Sendable, Hashable {
        /// The office's name.
        public let office: String
        /// The event's id.
        public let id: EventID
    }

    /// An event that an office gave up.
    public struct Death: Sendable, Hashable {
        /// The office's name.
        public let office: String
        /// The event's id.
        public let id: EventID
        /// Why it was given up.
        public let reason: String
    }

    /// A record that is not as the newest event left it.
    public struct Wrong: Sendable, Hashable {
        /// The office's name.
        public let office: String
        /// The record.
        public let subject: Subject
        /// The newest version that the office took in; `nil` where the record should not be there.
        public let expected: Version?
        /// The version that it holds; `nil` where the record is not there.
        public let held: Version?
    }

    /// A record of which two offices took in the same events and show different contents.
    public struct Disagreement: Sendable, Hashable {
        /// The offices' names.
        public let offices: [String]
        /// The record.
        public let subject: Subject
    }

    /// How many deliveries the offices owe.
    public var accepted = 0
    /// How many different events the offices took in.
    public var applied = 0
    /// How many events were taken in again; allowed.
    public var duplicates = 0
    /// What was given up; allowed, and for the test to look at.
    public var dead: [Death] = []
    /// Accepted, and neither taken in nor dead.
    public var lost: [Finding] = []
    /// Taken in, though nobody published it, or not for this office.
    public var unexpected: [Finding] = []
    /// Records of another version than the newest that the office took in.
    public var wrong: [Wrong] = []
    /// Records on which offices differ.
    public var disagreements: [Disagreement] = []

    /// Whether everything is where it should be.
    public var isClean: Bool { lost.isEmpty && unexpected.isEmpty && wrong.isEmpty && disagreements.isEmpty }
}

extension HistoryVerdict: CustomStringConvertible {
    /// How many findings of a kind are spelled out.
    private static let shown = 5

    public var description: String {
        let counts =
            "accepted \(accepted), applied \(applied), dead \(dead.count), duplicates \(duplicates); lost \(lost.count), "
            + "unexpected \(unexpected.count), wrong \(wrong.count), disagreements \(disagreements.count)"
        let lines =
            Self.lines(lost) { "lost: \($0.id) at \($0.office)" }
            + Self.lines(unexpected) { "unexpected: \($0.id) at \($0.office)" }
            + Self.lines(wrong) { wrong in
                let expected = wrong.expected?.description ?? "nothing"
                return "wrong: \(wrong.subject) at \(wrong.office) is \(wrong.held?.description ?? "missing"), "
                    + "not \(expected)"
            }
            + Self.lines(disagreements) { "different: \($0.subject) at \($0.offices.joined(separator: " and "))" }
        return ([counts] + lines).joined(separator: "\n")
    }

    private static func lines<Finding>(_ findings: [Finding], _ text: (Finding) -> String) -> [String] {
        // Sorted, since they were found in no order.
        let all = findings.map(text).sorted()
        let rest = all.count - shown
        return Array(all.prefix(shown)) + (rest > 0 ? ["… and \(rest) more"] : [])
    }
}
