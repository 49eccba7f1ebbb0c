import RabbitMQ
import Testing

@testable import Lockstep
@testable import LockstepRabbitMQ
@testable import LockstepService

/// What people and programs read of topology, dead letters and records.
@Suite("Rows")
struct RowTests {
    @Test("a difference in the topology names the argument, what is there and what is wanted")
    func topology() throws {
        let differs = TopologyRow(
            TopologyPlan.Item(
                kind: "queue", name: "lockstep.office.ward-3",
                state: .differs([.init(argument: "x-delivery-limit", wanted: "20", found: nil)])))
        #expect(differs.isDifferent)
        #expect(
            TextTable.text([differs]).split(separator: "\n").last
                == "differs  queue  lockstep.office.ward-3  x-delivery-limit: not set instead of 20")
        #expect(
            try JSONOutput.line(differs) == """
                {"differences":[{"argument":"x-delivery-limit","found":null,"wanted":"20"}],"kind":"queue",\
                "name":"lockstep.office.ward-3","state":"differs"}

                """)
        #expect(!TopologyRow(TopologyPlan.Item(kind: "exchange", name: "x", state: .present)).isDifferent)
    }

    @Test(
        "a queue's word says how far it is from its limit, where it has one",
        arguments: [
            (79, nil, "ok"), (80, nil, "fills up"), (100, nil, "ALARM"), (1_000, nil, "ALARM"), (79, 125, "ok"),
            (80, 125, "fills up, 80 of 125"), (124, 125, "ALARM, 124 of 125"), (125, 125, "FULL, 125 of 125"),
        ] as [(Int, Int?, String)])
    func fullness(waiting: Int, limit: Int?, word: String) {
        #expect(QueueAlarms.Level.text(waiting: waiting, alarm: 100, limit: limit) == word)
    }

    private func letter(_ body: [UInt8], _ headers: FieldTable = [:]) -> DeadLetter {
        var properties = MessageProperties(messageID: "1")
        properties.headers = headers
        return DeadLetter(
            Delivery(exchange: "", routingKey: "ward-3", message: Message(body: body, properties: properties)))
    }

    @Test("a dead letter's unknown attributes are null, and its keys stay")
    func deadLetter() throws {
        let row = DeadLetterRow(
            letter([1, 2], ["lockstep-error-class": .string("refused"), "lockstep-error": .string("no date")]))
        #expect(
            try JSONOutput.line(row) == """
                {"attempts":1,"cause":"\(row.cause)","diedAt":null,"error":"no date","errorClass":"refused",\
                "firstFailedAt":null,"id":"1","replayedAt":null,"replays":0,"size":2,"subject":null,"type":null}

                """)
    }

    @Test("a body that is no text is Base64 for programs, and never talks to the terminal")
    func body() {
        let binary = DeadLetterDetail(letter([0xFF, 0x00]), payload: true)
        #expect(binary.body == nil)
        #expect(binary.bodyBase64 == "/wA=")
        #expect(DetailText.text(binary.details).contains("2 bytes, not UTF-8"))

        let hostile = DeadLetterDetail(letter(Array("a\u{1B}[2Jb".utf8)), payload: true)
        #expect(hostile.bodyBase64 == nil)
        #expect(DeadLetterDetail(letter([0x61]), payload: false).body == nil)
        #expect(!DetailText.text(hostile.details).contains("\u{1B}"))
    }

    @Test("a record shows each field's values with their versions, and which of a conflict's shows")
    func record() throws {
        var record = Record(subject: try Subject("permit/1"))
        for (version, data) in [
            ("0190c5a2b3c40000-core", #"{"a":1,"status":"Issued"}"#),
            ("0190c5a2b3c50000-ward-3", #"{"status":"Held"}"#),
        ] {
            _ = record.merge(
                RecordChange(
                    version: try Version(version), seen: .nothing, operation: .merge,
                    data: try JSONObject(parsing: data), type: try EventType("permit.issued")))
        }
        let detail = RecordDetail(record, policy: .newest)
        #expect(
            detail.json == """
                {"booking":null,"deleted":false,"fields":{"a":[{"shown":true,"value":1,"version":"0190c5a2b3c40000-core"}],\
                "status":[{"shown":false,"value":"Issued","version":"0190c5a2b3c40000-core"},\
                {"shown":true,"value":"Held","version":"0190c5a2b3c50000-ward-3"}]},"subject":"permit/1",\
                "version":"0190c5a2b3c50000-ward-3"}

                """)
        #expect(
            detail.text == """
                subject  permit/1
                version  0190c5a2b3c50000-ward-3
                deleted  no

                FIELD   VERSION                  VALUE     NOTE
                a       0190c5a2b3c40000-core    1
                status  0190c5a2b3c40000-core    "Issued"  conflict
                status  0190c5a2b3c50000-ward-3  "Held"    conflict, shown

                """)
    }
}
