import LockstepService
import Testing

@Suite("Numbers for people")
struct NumberTextTests {
    static let numbers: [(Int, String)] = [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (.min, "-9,223,372,036,854,775,808"),
    ]

    @Test("thousands are apart", arguments: numbers)
    func grouped(number: Int, text: String) {
        #expect(NumberText.grouped(number) == text)
    }

    static let rates: [(Double, String)] = [
        (0, "0.0"), (0.04, "0.0"), (0.05, "0.1"), (9.96, "10.0"), (99.9, "99.9"), (99.96, "100"), (1_234.5, "1,235"),
        (-0.5, "-0.5"), (.infinity, "-"), (.nan, "-"),
    ]

    @Test("rates have one digit after the point below a hundred", arguments: rates)
    func rate(number: Double, text: String) {
        #expect(NumberText.rate(number) == text)
    }

    static let delays: [(Int, String)] = [
        (0, "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (59_999, "60.0 s"), (90_000, "1.5 m"), (5_400_000, "1.5 h"),
    ]

    @Test("delays have the unit that fits", arguments: delays)
    func delay(milliseconds: Int, text: String) {
        #expect(NumberText.delay(milliseconds: milliseconds) == text)
    }

    @Test("a noun goes with its number")
    func count() {
        #expect(NumberText.count(1, "event") == "1 event")
        #expect(NumberText.count(2_000, "event") == "2,000 events")
        #expect(NumberText.count(0, "entry", "entries") == "0 entries")
    }
}
