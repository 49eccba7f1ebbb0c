import LockstepTesting
import Testing

@testable import Lockstep

struct DriftDigestTests {
    /// The first vectors that the authors of SipHash publish (vectors.h, `vectors_sip128`).
    @Test func hashesAsItsAuthorsSay() {
        let key = (0x0706_0504_0302_0100 as UInt64, 0x0F0E_0D0C_0B0A_0908 as UInt64)
        let empty = SipHash(key0: key.0, key1: key.1).finish()
        #expect(empty == (0xE6A8_25BA_047F_81A3, 0x9302_55C7_1472_F66D))
        var one = SipHash(key0: key.0, key1: key.1)
        one.combine(0)
        #expect(one.finish() == (0x44AF_996B_D8C1_87DA, 0x45FC_229B_1159_7634))
    }

    @Test func hashesAlikeHoweverTheBytesAreHandedOver() throws {
        try forEachSeed(200) { _, generator in
            let bytes = (0..<Int.random(in: 0...70, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            var whole = SipHash(key0: 1, key1: 2)
            bytes.withUnsafeBytes { whole.combine($0) }
            var parts = SipHash(key0: 1, key1: 2)
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            for byte in bytes[..<cut] { parts.combine(byte) }
            Array(bytes[cut...]).withUnsafeBytes { parts.combine($0) }
            try demand(whole.finish() == parts.finish(), "two ways of hashing differ")
        }
    }

    @Test func theSameVersionWithOtherContentsIsAnotherDigest() throws {
        let subject = try Subject("permit/1")
        let one = try Sample.record([Sample.change(1, ["status": "Issued"])])
        let other = try Sample.record([Sample.change(1, ["status": "Closed"])])
        #expect(one.version == other.version)
        #expect(DriftDigest(of: subject, encoded: one.encoded()) != DriftDigest(of: subject, encoded: other.encoded()))
        let elsewhere = DriftDigest(of: try Subject("permit/2"), encoded: one.encoded())
        #expect(DriftDigest(of: subject, encoded: one.encoded()) != elsewhere)
    }

    @Test func theChildrenOfANodeShareItsPlacesOut() {
        var nodes = [DriftPrefix.root]
        for _ in 0..<DriftPlace.digits {
            let node = nodes[nodes.count - 1]
            let children = node.children
            #expect(children.count == DriftPrefix.fanOut)
            #expect(children[0].places.lowerBound == node.places.lowerBound)
            #expect(children[15].places.upperBound == node.places.upperBound)
            for index in 1..<16 {
                #expect(children[index].places.lowerBound.bits == children[index - 1].places.upperBound.bits + 1)
            }
            nodes.append(children[nodes.count])
        }
        #expect(nodes[DriftPlace.digits].children.isEmpty)
    }
}
