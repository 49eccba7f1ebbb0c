import LockstepService
import Testing

@Suite("Progress")
struct ProgressLineTests {
    @Test("a bar, counts, rate and what is left")
    func full() {
        let line = ProgressLine("events", done: 2_500, total: 10_000, elapsed: .seconds(5))
        #expect(
            line.text(width: 80) == "[#######-----------------------]  25%  2,500 of 10,000 events, 500/s, 0:15 left")
    }

    @Test("without a total there is no bar, at the end nothing is left")
    func parts() {
        #expect(ProgressLine("events", done: 7, elapsed: .seconds(2)).text() == "7 events, 3.5/s")
        #expect(ProgressLine("events", done: 0, total: 0, elapsed: .zero).text() == "0 of 0 events")
        let end = ProgressLine("events", done: 10, total: 10, elapsed: .seconds(1)).text()
        #expect(end == "[##############################] 100%  10 of 10 events, 10.0/s")
    }

    static let lefts: [(done: Int, left: String)] = [
        (999_400, "0:01 left"), (400_000, "10:00 left"), (1_000, "1:06:36 left"),
    ]

    @Test("what is left is told in minutes, above an hour in hours", arguments: lefts)
    func left(done: Int, left: String) {
        let elapsed = done == 1_000 ? Duration.seconds(4) : .seconds(Double(done) / 1_000)
        let line = ProgressLine("events", done: done, total: 1_000_000, elapsed: elapsed).text(width: 100)
        #expect(line.hasSuffix(left), "\(line)")
    }

    @Test("a line is never wider than the terminal", arguments: [0, 5, 20, 30, 45, 60, 80, 200])
    func width(_ width: Int) {
        for done in [0, 1, 999_999, 1_000_000, 2_000_000] {
            for elapsed in [Duration.zero, .milliseconds(1), .seconds(100_000)] {
                let text = ProgressLine("events", done: done, total: 1_000_000, elapsed: elapsed).text(width: width)
                #expect(text.count <= width)
            }
        }
    }
}
