import Lockstep
import Logging
import Testing

@testable import LockstepService

@Suite("Log lines")
struct LogLineTests {
    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(
            time: Timestamp(microseconds: 1_711_960_200_120_000), level: .info, message: message, metadata: metadata,
            label: "lockstep")
    }

    @Test("people read time, level, message, and metadata by key")
    func text() {
        #expect(
            line("Ready", ["queue": "a b", "office": "ward-3", "empty": "", "quote": "a\"b"]).text
                == #"2024-04-01T08:30:00.120Z info     Ready  empty="" office=ward-3 queue="a b" quote="a\"b""#)
        #expect(line("Ready").text == "2024-04-01T08:30:00.120Z info     Ready")
    }

    @Test("whatever is logged, it is one line", arguments: ["a\nb", "a\r\nb", "a\u{2028}b", "\u{0}"])
    func oneLine(_ hostile: String) {
        for text in [line(hostile, ["key": .string(hostile)]).text, line(hostile, ["key": .string(hostile)]).json] {
            #expect(text.split(whereSeparator: \.isNewline).count == 1, "\(text)")
        }
    }

    @Test("programs read one JSON object")
    func json() throws {
        let text = line("Rea\"dy\n", ["office": "ward-3", "a": ["x", "y"]]).json
        let object = try JSONObject(parsing: text)
        #expect(object["time"]?.text == "\"2024-04-01T08:30:00.120Z\"")
        #expect(object["level"]?.text == "\"info\"")
        #expect(object["logger"]?.text == "\"lockstep\"")
        #expect(object["message"]?.text == #""Rea\"dy\n""#)
        #expect(object["metadata"]?.text == #"{"a":"[\"x\", \"y\"]","office":"ward-3"}"#)
    }
}
