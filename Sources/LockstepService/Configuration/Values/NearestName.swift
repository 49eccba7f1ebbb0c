/// Finds what somebody probably meant to write.
enum NearestName {
    /// The known name that is closest to a name; nil if none is close.
    ///
    /// Close: the beginning of a known name, or one with at most a third of its letters, and never more than three,
    /// missing, too many, wrong or swapped. Upper and lower case count as the same. Names of less than four letters are
    /// close to nothing: all of them resemble each other.
    static func of(_ name: String, among known: [String]) -> String? {
        let lowercased = name.lowercased()
        if let exact = known.first(where: { $0.lowercased() == lowercased }) { return exact }
        guard lowercased.count >= 4 else { return nil }
        if let longer = known.first(where: { $0.lowercased().hasPrefix(lowercased) }) { return longer }
        let letters = Array(lowercased)
        let close =
            known
            .map { (known: $0, distance: distance(letters, Array($0.lowercased()))) }
            .filter { $0.distance <= min(3, max(letters.count, $0.known.count) / 3) }
        return close.min { ($0.distance, $0.known) < ($1.distance, $1.known) }?.known
    }

    /// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
