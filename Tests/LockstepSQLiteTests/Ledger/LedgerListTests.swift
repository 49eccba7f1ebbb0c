import Foundation
import GRDB
import Lockstep
import LockstepTesting
import Synchronization
import Testing

@testable import LockstepSQLite

/// A ledger's lists: what is in them, in which order, and where they go on.
struct LedgerListTests {
    private static let offices = ["a", "b", "c"]

    /// What an office may say of an event.
    private static func outcome(_ generator: inout some RandomNumberGenerator) -> Receipt.Outcome {
        let outcomes: [Receipt.Outcome] =
            MergeOutcome.allCases.map { .done($0) } + [
                .waiting(until: LedgerSample.time(500), reason: "down"), .dead(reason: "no day"),
                .waiting(until: LedgerSample.time(400), reason: "full"), .dead(reason: "no slot"),
            ]
        return outcomes.randomElement(using: &generator) ?? .done(.applied)
    }

    private static func batch(_ generator: inout some RandomNumberGenerator) throws -> LedgerReport {
        let number = Int.random(in: 1...40, using: &generator)
        var receipt = try LedgerSample.receipt(
            number, outcome(&generator), about: "permit/\(number % 3)",
            attempt: Int.random(in: 1...5, using: &generator))
        receipt.version = try LedgerSample.version(number * 7 % 40)
        return .receipts(
            ReceiptBatch(
                office: try OfficeName(offices.randomElement(using: &generator) ?? "a"),
                at: LedgerSample.time(Int64.random(in: 0...200, using: &generator)), receipts: [receipt]))
    }

    /// A list that was read in parts, while more came.
    private static func read(
        _ reader: SQLiteLedgerReader, _ question: DeliveryQuestion, by limit: Int
    ) async throws -> [LedgerDelivery] {
        var list: [LedgerDelivery] = []
        while true {
            let part = try await reader.deliveries(question, after: list.last?.place, limit: limit)
            #expect(part.count <= limit)
            list += part
            guard part.count == limit else { return list }
        }
    }

    @Test func whatIsAskedForIsThereOnceWhateverTheParts() async throws {
        try await forEachSeed(6) { _, generator in
            try await withTemporaryDirectory { directory in
                let file = LedgerSample.file(directory)
                let now = Mutex(Int64(0))
                let ledger = try SQLiteLedger(
                    path: file, clock: WallClock { LedgerSample.time(now.withLock { $0 }) })
                for second in 1...90 {
                    now.withLock { $0 = Int64(second) }
                    try await ledger.take([try Self.batch(&generator)])
                }
                let reader = try SQLiteLedgerReader(path: file)
                let all = try await Self.read(reader, DeliveryQuestion(), by: 1_000)
                let rows = try await ledger.database.read { db in
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM deliveries") ?? 0
                }
                #expect(all.count == rows)
                #expect(all.map(\.event.heardAt) == all.map(\.event.heardAt).sorted(by: >))
                for office in [nil] + Self.offices {
                    for word in [nil] + DeliveryWord.allCases {
                        let name = try office.map { try OfficeName($0) }
                        for subject in [nil, try Subject("permit/1")] {
                            let span = Bool.random(using: &generator)
                            var question = DeliveryQuestion(office: name, word: word)
                            question.events.subject = subject
                            question.events.since = span ? LedgerSample.time(20) : nil
                            question.events.until = span ? LedgerSample.time(60) : nil
                            let expected = all.filter { delivery in
                                let heard = delivery.event.heardAt
                                return (name == nil || delivery.office == name)
                                    && (word == nil || DeliveryWord(delivery.state.word) == word)
                                    && (subject == nil || delivery.event.entry.subject == subject)
                                    && (!span || heard >= LedgerSample.time(20) && heard < LedgerSample.time(60))
                            }
                            let list = try await Self.read(
                                reader, question, by: Int.random(in: 1...9, using: &generator))
                            try #require(Set(list) == Set(expected), "\(question)")
                            try #require(list.count == expected.count)
                            if subject == nil {
                                try #require(list == expected, "\(question)")
                            } else {
                                let versions = list.map(\.event.entry.version)
                                try #require(versions == versions.sorted(by: >))
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func whatComesWhileSomebodyReadsIsBeforeTheFirstOne() async throws {
        try await withTemporaryDirectory { directory in
            let ledger = try SQLiteLedger(path: LedgerSample.file(directory))
            for number in 1...4 {
                try await ledger.take([try LedgerSample.batch("a", try LedgerSample.receipt(number))])
            }
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            let first = try await reader.deliveries(DeliveryQuestion(), limit: 2)
            let events = try await reader.events(EventQuestion(), limit: 2)
            try await ledger.take([try LedgerSample.batch("a", try LedgerSample.receipt(5))])
            let second = try await reader.deliveries(DeliveryQuestion(), after: first.last?.place, limit: 2)
            #expect((first + second).map(\.event.entry.event.text) == ["e-4", "e-3", "e-2", "e-1"])
            let others = try await reader.events(EventQuestion(), after: events.last?.place, limit: 9)
            #expect((events + others).map(\.entry.event.text) == ["e-4", "e-3", "e-2", "e-1"])
        }
    }

    @Test func eventsAreListedByRecordAndTimeToo() async throws {
        try await withTemporaryDirectory { directory in
            let now = Mutex(Int64(0))
            let ledger = try SQLiteLedger(
                path: LedgerSample.file(directory), clock: WallClock { LedgerSample.time(now.withLock { $0 }) })
            for number in [3, 1, 2, 4] {
                now.withLock { $0 += 10 }
                try await ledger.take([try LedgerSample.publication(number...number, about: "permit/\(number % 2)")])
            }
            try await ledger.take([
                try LedgerSample.batch("a", try LedgerSample.receipt(1)),
                try LedgerSample.batch("b", try LedgerSample.receipt(1, .dead(reason: "no day"))),
            ])
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            func names(_ question: EventQuestion) async throws -> [String] {
                var list: [ListedEvent] = []
                while let next = try await reader.events(question, after: list.last?.place, limit: 1).first {
                    list.append(next)
                }
                return list.map(\.entry.event.text)
            }
            #expect(try await names(EventQuestion()) == ["e-4", "e-2", "e-1", "e-3"])
            #expect(try await names(EventQuestion(subject: try Subject("permit/1"))) == ["e-3", "e-1"])
            let span = EventQuestion(since: LedgerSample.time(20), until: LedgerSample.time(40))
            #expect(try await names(span) == ["e-2", "e-1"])
            #expect(try await names(EventQuestion(since: LedgerSample.time(41))).isEmpty)
            let entry = try await reader.events(span, limit: 2).last?.entry
            #expect(entry?.deliveries.count == 2 && entry?.publication?.outcome == .confirmed)
        }
    }

    @Test(arguments: ["", "1", "1/2", "x/2/0000000000000001-core", "1/-2/0000000000000001-core", "1/2/x"])
    func aPlaceThatIsNoneIsRefused(place: String) async throws {
        try await withTemporaryDirectory { directory in
            _ = try SQLiteLedger(path: LedgerSample.file(directory))
            let reader = try SQLiteLedgerReader(path: LedgerSample.file(directory))
            let error = await #expect(throws: LockstepError.self) {
                try await reader.deliveries(DeliveryQuestion(), after: place, limit: 1)
            }
            #expect(error?.code == .invalidName)
        }
    }

    @Test func whatALedgerOfAnOlderReleaseHoldsIsListed() async throws {
        try await withTemporaryDirectory { directory in
            let file = LedgerSample.file(directory)
            let older = try DatabaseQueue(path: file)
            try DatabaseMigrator.ledger.migrate(older, upTo: "ledger 3")
            try await older.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO offices (id, name) VALUES (1, 'a');
                        INSERT INTO events (id, event, version, subject, heard)
                        VALUES (1, 'e-1', '0000000000000001-core', 'permit/1', 1);
                        INSERT INTO deliveries (event, office, attempts, dead_attempt, dead_reason, dead_at)
                        VALUES (1, 1, 3, 3, 'no day', 7);
                        """)
            }
            try older.close()
            try SQLiteLedger(path: file).close()
            let reader = try SQLiteLedgerReader(path: file)
            let dead = try await reader.deliveries(DeliveryQuestion(word: .dead), limit: 9)
            #expect(dead.map(\.state.dead?.reason) == ["no day"])
            #expect(try await reader.deliveries(DeliveryQuestion(word: .waiting), limit: 9).isEmpty)
        }
    }
}
