/// What is asked of an office that is compared: of the digest tree from its root down, then of the records themselves.
public enum DriftQuestion: Sendable, Hashable {
    /// The digests of these nodes' children, sixteen each.
    case nodes([DriftPrefix])
    /// All places below these nodes.
    case listings([DriftPrefix])
    /// All that is known of the records at these places.
    case states([DriftPlace])
}

/// The answer to a ``DriftQuestion``: one element for each that was asked for, in the same order.
public enum DriftAnswer: Sendable, Hashable {
    /// The children's digests.
    case nodes([[DriftDigest]])
    /// The places.
    case listings([DriftListing])
    /// The records; an empty list where there is none.
    case states([[RecordState]])
}

/// All places below a node.
public struct DriftListing: Sendable, Hashable {
    /// One place and the records there, nearly always one.
    public struct Entry: Sendable, Hashable {
        /// Where.
        public var place: DriftPlace
        /// What is there.
        public var digest: DriftDigest

        /// An entry.
        public init(place: DriftPlace, digest: DriftDigest) {
            self.place = place
            self.digest = digest
        }
    }

    /// The sum of all entries as the office has it: a listing that was cut does not add up to it.
    public var whole: DriftDigest
    /// The entries, by place.
    public var entries: [Entry]

    /// A listing.
    public init(_ entries: [Entry]) {
        self.entries = entries
        whole = entries.reduce(into: DriftDigest()) { $0 += $1.digest }
    }

    /// A listing as it came, whole or not.
    public init(_ entries: [Entry], whole: DriftDigest) {
        self.entries = entries
        self.whole = whole
    }

    /// Whether all of it is there, below the node that was asked for.
    func isComplete(below prefix: DriftPrefix) -> Bool {
        let places = prefix.places
        return DriftListing(entries).whole == whole
            && entries.allSatisfy { places.contains($0.place) && $0.digest.count > 0 }
            && entries.indices.dropFirst().allSatisfy { entries[$0 - 1].place < entries[$0].place }
    }
}

/// Whoever can say what an office holds.
public protocol DriftSource: Sendable {
    /// Answers a question from one state of the replica.
    func answer(_ question: DriftQuestion) async throws -> DriftAnswer
}
