/// A digest tree in memory, of the records that somebody chose: 40 bytes a record.
public struct DriftIndex: Sendable {
    private let entries: [DriftListing.Entry]

    /// A tree of these places, in any order; a place may come more than once.
    public init(_ all: [DriftListing.Entry]) {
        var entries: [DriftListing.Entry] = []
        entries.reserveCapacity(all.count)
        for entry in all.sorted(by: { $0.place < $1.place }) {
            if entries.last?.place == entry.place {
                entries[entries.count - 1].digest += entry.digest
            } else {
                entries.append(entry)
            }
        }
        self.entries = entries
    }

    /// The digest of a node.
    public func digest(of prefix: DriftPrefix) -> DriftDigest {
        entries[range(of: prefix)].reduce(into: DriftDigest()) { $0 += $1.digest }
    }

    /// Answers a question; of the records' states it knows nothing, so there are none.
    public func answer(to question: DriftQuestion) -> DriftAnswer {
        switch question {
        case .nodes(let prefixes): .nodes(prefixes.map(children))
        case .listings(let prefixes): .listings(prefixes.map(listing))
        case .states(let places): .states(places.map { _ in [] })
        }
    }

    /// The digests of a node's children.
    public func children(of prefix: DriftPrefix) -> [DriftDigest] {
        prefix.children.map(digest)
    }

    /// All places below a node.
    public func listing(of prefix: DriftPrefix) -> DriftListing {
        DriftListing(Array(entries[range(of: prefix)]))
    }

    private func range(of prefix: DriftPrefix) -> Range<Int> {
        let places = prefix.places
        let start = first { $0 >= places.lowerBound }
        return start..<max(start, first { $0 > places.upperBound })
    }

    private func first(_ isReached: (DriftPlace) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(entries[middle].place) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
