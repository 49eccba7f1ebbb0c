import Lockstep

/// Rows without a gap between them, all of which became the same: one statement notes them.
///
/// Each of the positions is one that the relay has in hand, so no other row can be among them.
struct OutboxRun: Equatable {
    var positions: ClosedRange<Int64>
    let result: OutboxResult

    /// The runs that settlements make up, in the order of their positions.
    static func all(of settlements: [OutboxSettlement]) -> [OutboxRun] {
        var runs: [OutboxRun] = []
        for settlement in settlements.sorted(by: { $0.position < $1.position }) {
            let position = settlement.position.number
            if let last = runs.last, last.positions.upperBound == position - 1, last.result == settlement.result {
                runs[runs.count - 1].positions = last.positions.lowerBound...position
            } else {
                runs.append(OutboxRun(positions: position...position, result: settlement.result))
            }
        }
        return runs
    }
}
