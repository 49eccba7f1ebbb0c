import LockstepTesting
import Testing

@testable import LockstepPostgres

struct OutboxClaimsTests {
    @Test func aRecordIsIdleWhenItsLastRowIsGone() {
        var claims = OutboxClaims<Int>()
        claims.use(1)
        claims.insert([(position: 1, key: 7), (position: 2, key: 7), (position: 3, key: 8)])
        #expect(Set(claims.keys) == [7, 8])
        claims.remove([1])
        #expect(claims.idle == [])
        claims.remove([3])
        #expect(claims.idle == [8] && Set(claims.keys) == [7, 8], "it stays locked")
        claims.insert([(position: 4, key: 8)])
        #expect(claims.idle == [])
        claims.remove([1, 2, 4, 99])
        #expect(claims.removeIdle() == [7, 8])
        #expect(claims.positions.isEmpty && claims.keys.isEmpty)
    }

    @Test func rowsStayInHandWithoutTheirSessionAndLockNothing() {
        var claims = OutboxClaims<Int>()
        claims.use(1)
        claims.insert([(position: 1, key: 7), (position: 3, key: 8)])
        claims.insertIdle([7, 9])
        claims.remove([3])
        #expect(claims.idle == [8, 9])
        claims.use(2)
        #expect(Array(claims.positions) == [1] && claims.keys.isEmpty)
        claims.insert([(position: 2, key: 7)])
        claims.remove([1])
        #expect(claims.idle == [], "the other row locks the record in this session")
        claims.remove([2])
        #expect(claims.idle == [7])
    }

    @Test func whatIsLockedIsWhatIsInHand() throws {
        try forEachSeed(200) { _, generator in
            var claims = OutboxClaims<Int>()
            claims.use(0)
            var model: [Int64: Int32] = [:]
            for position in Int64(0)..<60 {
                if Bool.random(using: &generator) {
                    let key = Int32.random(in: 0..<6, using: &generator)
                    claims.insert([(position: position, key: key)])
                    model[position] = key
                } else {
                    let gone = model.keys.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
                    let before = Set(model.values)
                    for position in gone { model[position] = nil }
                    claims.remove(gone)
                    try #require(claims.idle.isSuperset(of: before.subtracting(model.values)))
                    try #require(claims.idle.isDisjoint(with: model.values))
                    if Bool.random(using: &generator) { _ = claims.removeIdle() }
                }
                let locked = claims.idle.union(model.values)
                try #require(Set(claims.positions) == Set(model.keys) && Set(claims.keys) == locked)
            }
        }
    }
}
