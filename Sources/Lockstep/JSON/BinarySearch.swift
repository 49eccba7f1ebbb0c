/// Where a name stands in a sorted array, or would stand.
enum SearchResult {
    case found(Int)
    case missing(insertAt: Int)

    var found: Int? {
        if case .found(let index) = self { index } else { nil }
    }
}

extension Array {
    /// Looks a name up in an array that is sorted by the UTF-8 bytes of that name.
    func binarySearch(for name: String, by key: (Element) -> String) -> SearchResult {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let order = ByteOrder.compare(key(self[middle]), name)
            if order == 0 { return .found(middle) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return .missing(insertAt: low)
    }
}
