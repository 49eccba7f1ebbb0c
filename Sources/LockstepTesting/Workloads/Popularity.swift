import Glibc

/// How often each of several things is chosen: the first most often, the last least.
struct Popularity: Sendable {
    /// For each thing, how much weight it and those before it have together.
    private let cumulative: [Double]

    /// - Parameter skew: 0 treats all alike; the weight of the nth is 1 / n to this power.
    init(count: Int, skew: Double) {
        var sum = 0.0
        cumulative = (1...count).map { rank in
            sum += 1 / pow(Double(rank), skew)
            return sum
        }
    }

    /// Chooses one, from 0.
    func pick(using generator: inout SeededGenerator) -> Int {
        let dart = Double.random(in: 0..<(cumulative.last ?? 1), using: &generator)
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > dart { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
