/// One series of a metric: what is recorded for one combination of label values.
protocol Series: AnyObject, Sendable {
    /// An empty one; the upper bounds of buckets are for histograms.
    init(buckets: [Double])

    /// Writes its samples.
    func write(_ name: String, _ labels: LabelSet, to text: inout TextFormat)
}
