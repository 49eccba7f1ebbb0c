import Lockstep
import Testing

struct VersionTests {
    @Test func textGoesThereAndBack() throws {
        let version = try Version("0190c5a2b3c40000-ward-3")
        #expect(version.origin.text == "ward-3")
        #expect(version.description == "0190c5a2b3c40000-ward-3")
    }

    @Test(arguments: [
        "", "core", "0190c5a2b3c4000-core", "0190c5a2b3c40000core", "0190c5a2b3c40000-", "0190c5a2b3c4000g-core",
    ])
    func otherTextIsRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try Version(text) }
    }

    @Test func seenVersionsGoThereAndBack() throws {
        let text = "core=0190c5a2b3c40000,http://a/%2Cb%3D%25=0000000000000001"
        let vector = try VersionVector(text)
        #expect(vector[try Origin("http://a/,b=%")] == ClockReading(1))
        #expect(vector.description == text)
    }

    @Test(arguments: ["core", "core=1", "=0190c5a2b3c40000", "core=0190c5a2b3c40000,", "%4=0190c5a2b3c40000"])
    func otherSeenVersionsAreRefused(_ text: String) {
        #expect(throws: LockstepError.self) { try VersionVector(text) }
    }

    @Test func seenVersionsByFieldGoThereAndBack() throws {
        let text = #"{"status":"core=0190c5a2b3c40000","ward":""}"#
        #expect(try Seen(text).text == text)
    }

    @Test func quickChangesOfOneStrangerKeepTheirOrder() throws {
        let source = try Origin("https://city.example")
        let early = try Version(derivedFrom: Timestamp(microseconds: 1_000_001), source: source, id: try EventID("z"))
        let late = try Version(derivedFrom: Timestamp(microseconds: 1_000_002), source: source, id: try EventID("a"))
        #expect(early < late)
    }

    @Test func aTimeBefore1970HasNoVersion() throws {
        #expect(throws: LockstepError.self) {
            try Version(derivedFrom: Timestamp(microseconds: -1), source: try Origin("a"), id: try EventID("b"))
        }
    }
}
