/// Counts down to where a connection is cut; pure.
struct CutCounter {
    /// A cut that is to come.
    struct Rule: Hashable {
        let fault: InjectedFault
        let bytes: Int
        let method: WireMethod?
    }

    /// Where a cut strikes.
    struct Strike: Hashable {
        let fault: InjectedFault
        /// How many bytes of the piece still get through.
        let bytes: Int
    }

    private var left: [InjectedFault: Int] = [:]

    /// Counts a piece that gets through; returns the cut that strikes within it or right after it.
    mutating func pass(_ piece: FrameStream.Piece, _ rules: [Rule]) -> Strike? {
        var first: Strike?
        for rule in rules {
            guard let left = left[rule.fault] ?? (rule.begins(with: piece) ? rule.bytes : nil) else { continue }
            self.left[rule.fault] = left - piece.bytes.count
            if left <= piece.bytes.count, left < first?.bytes ?? .max {
                first = Strike(fault: rule.fault, bytes: left)
            }
        }
        return first
    }
}

extension CutCounter.Rule {
    fileprivate func begins(with piece: FrameStream.Piece) -> Bool {
        method.map { $0 == piece.frame?.method } ?? true
    }
}
