import ArgumentParser
import Lockstep
import LockstepSQLite
import Synchronization

/// Merges events into a replica, without a broker: what keeping the digests costs shows against other releases.
struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Merges events into a replica's file.")
    @Option(help: "The replica's file.") var file: String
    @Option(help: "How many events.") var count = 200_000
    @Option(help: "Of how many records.") var records = 5_000
    @Option(help: "How many events go into one transaction.") var batch = 500

    func run() async throws {
        let office = try OfficeName(OfficeEvents.office)
        let replica = try SQLiteReplica(path: file, office: office, calendar: [], logger: .benchmark)
        var spent = Duration.zero
        for start in stride(from: 0, to: count, by: batch) {
            let arrivals = try (start..<min(start + batch, count)).map { Arrival(try Self.event($0, of: records)) }
            let begin = ContinuousClock.now
            _ = try await replica.merge(arrivals)
            spent += ContinuousClock.now - begin
        }
        try replica.close()
        print("{\"work\": \"merge\", \"count\": \(count), \"seconds\": \(spent / .seconds(1))}")
    }

    /// The first events are of one record each, those after them of records in a random order.
    static func event(_ number: Int, of records: Int) throws -> Event {
        var event = try OfficeEvents.event(number, id: "event-\(number)")
        let record = number < records ? number : Int(OfficeEvents.scattered(number) % UInt64(records))
        event.subject = try Subject("permit/24-\(record)")
        return event
    }
}

/// Changes some records of one replica's copy, and finds them by comparing the two.
struct Drift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares two replicas' files that differ in some records.")
    @Option(help: "The core's file.") var file: String
    @Option(help: "A copy of it, which is changed.") var copy: String
    @Option(help: "How many events the copy is given that the core has not.") var differences = 100
    @Option(help: "How many records there are.") var records = 1_000_000

    func run() async throws {
        let office = try OfficeName(OfficeEvents.office)
        let replica = try SQLiteReplica(path: copy, office: office, calendar: [], logger: .benchmark)
        let numbers = (0..<differences).map { 100_000_000 + $0 }
        if differences > 0 {
            _ = try await replica.merge(try numbers.map { Arrival(try Merge.event($0, of: records)) })
        }
        try replica.close()
        let core = try OfficeReader(path: file)
        let other = WireSource(try OfficeReader(path: copy))
        let everything = DriftScope(try OfficeEvents.subscription())
        let measurement = Measurement()
        let comparison = DriftComparison(core: core, index: nil, office: other, scope: everything) {}
        let summary = try await comparison.run { _ in }
        measurement.report(
            "drift", count: summary.office,
            [
                ("differing", Double(summary.differing)), ("questions", Double(summary.questions)),
                ("bytes", Double(other.bytes)),
            ])
    }
}

/// A source that counts what would go over the wire, and goes through its form.
private final class WireSource: DriftSource {
    private let source: OfficeReader
    private let count = Mutex(0)

    init(_ source: OfficeReader) {
        self.source = source
    }

    var bytes: Int { count.withLock { $0 } }

    func answer(_ question: DriftQuestion) async throws -> DriftAnswer {
        let asked = DriftCodec.bytes(question)
        let answer = DriftCodec.bytes(try await source.answer(try DriftCodec.question(from: asked)))
        count.withLock { $0 += asked.count + answer.count }
        return try DriftCodec.answer(from: answer)
    }
}
