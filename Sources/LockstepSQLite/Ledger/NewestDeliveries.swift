/// Of deliveries that come from several offices, each office's newest first, the newest of all.
struct NewestDeliveries {
    /// How many at most.
    let limit: Int
    /// Those that are in it so far, the newest first.
    private(set) var keys: [LedgerListing.Key] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// The oldest event that still gets in.
    var floor: Int64 { keys.count < limit ? .min : keys.last?.event ?? .min }

    mutating func add(_ key: LedgerListing.Key) {
        let index = keys.partitioningIndex { $0 < key }
        guard index < limit else { return }
        keys.insert(key, at: index)
        if keys.count > limit { keys.removeLast() }
    }
}

extension Array {
    /// The first index from which on all elements are such, of an array in which these are the last.
    fileprivate func partitioningIndex(_ isSuch: (Element) -> Bool) -> Int {
        var (first, end) = (0, count)
        while first < end {
            let middle = (first + end) / 2
            if isSuch(self[middle]) { end = middle } else { first = middle + 1 }
        }
        return first
    }
}
