import Testing

@testable import Lockstep

struct ConflictAnnouncementTests {
    private static let asking = ConflictPolicy(AskFirst())

    private static func conflict(_ origins: String..., policy: ConflictPolicy = asking) throws -> Conflict {
        let changes = try origins.enumerated().map { index, origin in
            try Sample.change(UInt64(index + 1) << 16, by: origin, ["status": JSONText(integerLiteral: index)])
        }
        return try #require(try Sample.record(changes).conflicts(by: policy).first)
    }

    private static func announces(
        _ office: String, _ conflict: Conflict, peers: [String] = [], peersAsk: Bool = true
    ) throws -> Bool {
        let peers = try peers.map { name in
            Subscription(
                office: try OfficeName(name), events: [try TopicPattern("#")], conflicts: peersAsk ? asking : .newest)
        }
        return ConflictAnnouncement(office: try OfficeName(office), peers: peers).announces(conflict)
    }

    @Test func thoseAnnounceWhoseOwnValueIsAmongTheOthers() throws {
        let conflict = try Self.conflict("core", "ward-1")
        #expect(try Self.announces("ward-1", conflict, peers: ["ward-1", "ward-2"]))
        #expect(try !Self.announces("ward-2", conflict, peers: ["ward-1", "ward-2"]))
        let both = try Self.conflict("ward-1", "ward-2")
        #expect(try Self.announces("ward-1", both, peers: ["ward-1", "ward-2"]))
    }

    @Test func whereNobodyElseWouldEverybodyDoes() throws {
        #expect(try Self.announces("ward-2", try Self.conflict("core", "hall"), peers: ["ward-1"]))
        #expect(try Self.announces("ward-2", try Self.conflict("core", "ward-1")))
        // That office settles such conflicts by its policy, and would say nothing.
        #expect(try Self.announces("ward-2", try Self.conflict("core", "ward-1"), peers: ["ward-1"], peersAsk: false))
    }

    @Test func whatAPolicySettlesIsNotAnnounced() throws {
        #expect(try !Self.announces("ward-1", try Self.conflict("core", "ward-1", policy: .newest)))
    }

    @Test func theEventIsDerivedFromTheConflictAlone() throws {
        let conflict = try Self.conflict("core", "ward-1")
        let scope = try Scope("ward-1")
        let draft = try ConflictAnnouncement.draft(of: conflict, scope: scope)
        #expect(try ConflictAnnouncement.draft(of: try Self.conflict("core", "ward-1"), scope: scope) == draft)
        let event = try draft.received()
        #expect(event.routingKey == "lockstep.conflict.opened.ward-1")
        #expect(event.subject.text.hasPrefix("conflict/") && event.version.reading == conflict.newest.reading)
        #expect(event.data["record"] == "permit/1" && event.data["field"] == "status")
        // Conflicts of announcements are not announced in turn.
        let second = Conflict(
            subject: event.subject, field: "values", values: conflict.values, policy: "ask", shown: conflict.shown,
            isOpen: true)
        #expect(try !Self.announces("ward-1", second))
    }

    @Test func namesAreUUIDsThatDiffer() throws {
        let ids = try [Self.conflict("core", "ward-1"), Self.conflict("core", "ward-2"), Self.conflict("a", "b")].map(
            \.id)
        #expect(Set(ids).count == 3)
        for id in ids { #expect(id.contains(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)) }
        #expect(DerivedID.text(of: ["ab", "c"]) != DerivedID.text(of: ["a", "bc"]))
    }
}
