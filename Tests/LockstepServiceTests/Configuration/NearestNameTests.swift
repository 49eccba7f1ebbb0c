import Testing

@testable import LockstepService

@Suite("Nearest names")
struct NearestNameTests {
    static let names: [(name: String, nearest: String?)] = [
        ("delivry", "delivery"), ("evnets", "events"), ("Events", "events"), ("calender", "calendar"),
        ("cal", nil), ("conf", "conflicts"), ("webhook", nil), ("", nil), ("xxxxxxxx", nil), ("retry", "retry"),
    ]

    @Test("what was probably meant is found, and nothing is made up", arguments: names)
    func nearest(name: String, nearest: String?) {
        #expect(NearestName.of(name, among: ["events", "delivery", "retry", "conflicts", "calendar"]) == nearest)
    }

    static let distances: [(String, String, Int)] = [
        ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "abcd", 1),
        ("kitten", "sitting", 3), ("ab", "ba", 1),
    ]

    @Test("a swap of neighbours counts as one mistake", arguments: distances)
    func distance(left: String, right: String, distance: Int) {
        #expect(NearestName.distance(Array(left), Array(right)) == distance)
        #expect(NearestName.distance(Array(right), Array(left)) == distance)
    }
}
