extension Seen {
    /// The newest reading of all that was seen; nil: nothing was.
    ///
    /// A clock must move past it before it gives the change its version.
    public var newestReading: ClockReading? {
        switch self {
        case .everywhere(let vector): vector.entries.map(\.reading).max()
        case .byField(let vectors): vectors.values.flatMap { $0.entries.map(\.reading) }.max()
        }
    }

    /// The newest of those readings that are not after a moment; nil: there is none.
    ///
    /// - Parameter milliseconds: The moment, in milliseconds since 1970: a clock that is far ahead of all others is wrong,
    ///   and would take all later changes with it.
    package func newestReading(notAfter milliseconds: Int64) -> ClockReading? {
        let vectors =
            switch self {
            case .everywhere(let vector): [vector]
            case .byField(let vectors): Array(vectors.values)
            }
        return vectors.lazy.flatMap(\.entries).map(\.reading).filter { $0.milliseconds <= milliseconds }.max()
    }
}
