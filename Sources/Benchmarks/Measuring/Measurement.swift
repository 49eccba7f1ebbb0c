import Glibc

/// What a piece of work took: time by the clock and of the processor, since it was begun.
struct Measurement {
    private let start = ContinuousClock.now
    private let startOfCPU = Self.usage.cpu

    /// Seconds by the clock and of the processor, so far.
    var elapsed: (seconds: Double, cpu: Double) {
        ((ContinuousClock.now - start) / .seconds(1), Self.usage.cpu - startOfCPU)
    }

    /// Prints a line of JSON as the plain C programs do.
    ///
    /// - Parameter took: What it took; what it has taken so far unless given.
    func report(
        _ work: String, count: Int, took: (seconds: Double, cpu: Double)? = nil,
        _ more: [(name: String, value: Double)] = []
    ) {
        let (seconds, cpu) = took ?? elapsed
        let rest = more.map { ", \"\($0.name)\": \($0.value)" }.joined()
        print(
            """
            {"work": "\(work)", "count": \(count), "seconds": \(seconds), "cpu": \(cpu), \
            "rss": \(Self.usage.rss)\(rest)}
            """)
    }

    /// The same, with the median and the 99th percentile of latencies in microseconds.
    func report(_ work: String, latencies: [Duration]) {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return report(work, count: 0) }
        report(
            work, count: sorted.count,
            [
                ("p50", sorted[sorted.count / 2] / .microseconds(1)),
                ("p99", sorted[sorted.count * 99 / 100] / .microseconds(1)),
            ])
    }

    /// Seconds of the processor and the largest resident set in bytes, of this process so far (`getrusage(2)`).
    private static var usage: (cpu: Double, rss: Int) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1024)
    }
}
