import FoundationEssentials
import Glibc
import Metrics
import Synchronization

/// What Prometheus expects to know of every process, read from the kernel when somebody asks.
final class ProcessMetrics: Sendable {
    private let cpu: FloatingPointCounter
    private let memory: Gauge
    private let descriptors: Gauge
    private let counted = Mutex(0.0)

    /// The handles.
    init(factory: any MetricsFactory) {
        cpu = FloatingPointCounter(label: "process_cpu_seconds_total", factory: factory)
        memory = Gauge(label: "process_resident_memory_bytes", factory: factory)
        descriptors = Gauge(label: "process_open_fds", factory: factory)
        Gauge(label: "lockstep_build_info", dimensions: [("version", Release.version)], factory: factory).record(1)
        Gauge(label: "process_start_time_seconds", factory: factory).record(Date().timeIntervalSince1970)
    }

    /// Records what is so now.
    func update() {
        var usage = rusage()
        // By its number: glibc's constant is an enumeration in some releases.
        if getrusage(__rusage_who_t(0), &usage) == 0 {
            let now = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
            let more = counted.withLock { counted in
                defer { counted = max(counted, now) }
                return now - counted
            }
            cpu.increment(by: max(0, more))
        }
        if let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
            let pages = statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            memory.record(pages * Int(sysconf(Int32(_SC_PAGESIZE))))
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them was open only to be read from here.
            descriptors.record(max(0, open.count - 1))
        }
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
