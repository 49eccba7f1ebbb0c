/// What a registry is told of a metric before anything is recorded: swift-metrics itself has no place for it.
public struct MetricDescription: Sendable, Hashable {
    /// The metric's name, as it is exposed.
    public var name: String
    /// What it means, in a sentence; becomes the `HELP` line.
    public var help: String
    /// The upper bounds of a histogram's buckets, ascending and without infinity; in seconds for a timer.
    ///
    /// Nil: ``defaultBuckets``. Of no meaning for counters and gauges.
    public var buckets: [Double]?

    /// A description.
    public init(_ name: String, _ help: String, buckets: [Double]? = nil) {
        self.name = name
        self.help = help
        self.buckets = buckets
    }

    /// Buckets from a millisecond to a minute, for what a description says nothing of.
    public static let defaultBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
}
