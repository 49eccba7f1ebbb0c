/// Walks two digest trees side by side and finds the places where they differ; pure.
///
/// Level by level, and only below nodes that differ: one question each where nothing does, and else a number that goes
/// by the differences and by how deep the tree is.
public struct DriftWalk: Sendable {
    /// The most nodes in one question: an answer stays under 64 KiB.
    static let nodesAtOnce = 128
    /// From so few records on, a node's places are listed instead of its children's digests.
    static let fewRecords = 24

    private var nodes: [DriftPrefix] = [.root]
    private var listings: [DriftPrefix] = []
    /// The places found so far.
    public private(set) var places: [DriftPlace] = []
    /// How many records the two hold, once the first question is answered.
    public private(set) var counts: (mine: Int, theirs: Int)?

    /// A walk from the root.
    public init() {}

    /// What to ask both sides next; nil: all is found.
    public var question: DriftQuestion? {
        if !nodes.isEmpty { return .nodes(Array(nodes.prefix(Self.nodesAtOnce))) }
        if !listings.isEmpty { return .listings(Array(listings.prefix(Self.nodesAtOnce))) }
        return nil
    }

    /// Takes both sides' answers to ``question``.
    ///
    /// - Throws: ``LockstepError`` with the code `driftIncomplete` where an answer is not whole: nothing may be concluded
    ///   from it.
    public mutating func take(mine: DriftAnswer, theirs: DriftAnswer) throws(LockstepError) {
        switch (question, mine, theirs) {
        case (.nodes(let asked)?, .nodes(let mine), .nodes(let theirs)):
            guard mine.count == asked.count, theirs.count == asked.count,
                (mine + theirs).allSatisfy({ $0.count == DriftPrefix.fanOut })
            else { throw Self.cut }
            nodes.removeFirst(asked.count)
            if counts == nil { counts = (Self.count(mine), Self.count(theirs)) }
            for index in asked.indices { descend(from: asked[index], mine[index], theirs[index]) }
        case (.listings(let asked)?, .listings(let mine), .listings(let theirs)):
            guard mine.count == asked.count, theirs.count == asked.count else { throw Self.cut }
            for index in asked.indices {
                guard mine[index].isComplete(below: asked[index]), theirs[index].isComplete(below: asked[index])
                else { throw Self.cut }
            }
            listings.removeFirst(asked.count)
            for index in asked.indices { compare(mine[index], theirs[index]) }
        default: throw Self.cut
        }
    }

    private mutating func descend(from prefix: DriftPrefix, _ mine: [DriftDigest], _ theirs: [DriftDigest]) {
        for (child, (mine, theirs)) in zip(prefix.children, zip(mine, theirs)) where mine != theirs {
            if max(mine.count, theirs.count) <= Self.fewRecords || child.depth == DriftPlace.digits {
                listings.append(child)
            } else {
                nodes.append(child)
            }
        }
    }

    private mutating func compare(_ mine: DriftListing, _ theirs: DriftListing) {
        var rest = Dictionary(uniqueKeysWithValues: theirs.entries.map { ($0.place, $0.digest) })
        for entry in mine.entries where rest.removeValue(forKey: entry.place) != entry.digest {
            places.append(entry.place)
        }
        places += rest.keys.sorted()
    }

    private static func count(_ digests: [[DriftDigest]]) -> Int {
        digests.joined().reduce(0) { $0 + $1.count }
    }

    /// The error of an answer that is not whole.
    static let cut = LockstepError(
        .driftIncomplete,
        "an answer of one of the two replicas is not whole; nothing was concluded from it and nothing repaired: try again"
    )
}
