import Lockstep
import LockstepService
import Testing

/// Programs rely on these keys: a change here breaks them.
@Suite("JSON answers")
struct JSONOutputTests {
    @Test("an office of the list")
    func officeRow() throws {
        let row = OfficeRow(
            office: "ward-3", ready: 1, unacknowledged: 0, waiting: nil, dead: 2, consumers: 1, rateIn: 1.5, rateOut: 0)
        #expect(
            try JSONOutput.line(row) == """
                {"alarm":100000,"breaker":null,"consumers":1,"dead":2,"kind":"declared","limit":null,"office":"ward-3",\
                "paused":null,"rateIn":1.5,"rateOut":0,"ready":1,"unacknowledged":0,"waiting":null}

                """)
    }

    @Test("an office's report")
    func officeReport() throws {
        #expect(
            try JSONOutput.line(OfficeReport(office: "ward-3")) == """
                {"applied":0,"bookings":0,"calendarEntries":0,"conflict":0,"delayMilliseconds":\
                {"longest":null,"p50":null,"p99":null},"deleted":0,"duplicate":0,"editsStuck":0,"editsWaiting":0,\
                "events":0,"lastApplied":null,\
                "merged":0,"office":"ward-3","records":0,"refused":0,"refusedBookings":0,"retried":0,"superseded":0}

                """)
    }

    @Test("a calendar's entry")
    func calendarRow() throws {
        let entry = CalendarEntry(
            subject: try Subject("permit/24-019651"), title: "Deck", what: "Permit", place: "1 Main St",
            starts: "2024-04-01", ends: nil, status: "Issued", version: try Version("0190c5a2b3c40000-core"))
        #expect(
            try JSONOutput.line(CalendarRow(entry)) == """
                {"ends":null,"refused":null,"refusedBy":null,"starts":"2024-04-01","status":"Issued","subject":"permit/24-019651","title":"Deck",\
                "version":"0190c5a2b3c40000-core","what":"Permit","where":"1 Main St"}

                """)
    }

    @Test("what was published")
    func published() throws {
        let event = PublishedEvent(
            id: "1", type: "permit.issued", subject: "permit/1", version: "v", routingKey: "permit.issued.ward-3",
            routed: true)
        #expect(
            try JSONOutput.line(event) == """
                {"id":"1","routed":true,"routingKey":"permit.issued.ward-3","subject":"permit/1",\
                "type":"permit.issued","version":"v"}

                """)
        #expect(
            try JSONOutput.line(PublishSummary()) == """
                {"bad":0,"lines":0,"milliseconds":0,"published":0,"refused":0,"unrouted":0}

                """)
    }

    @Test("a check of the doctor's")
    func doctor() throws {
        #expect(
            try JSONOutput.line(DoctorRow("disk", .warning, "1 GiB free", advice: "make room")) == """
                {"advice":"make room","check":"disk","found":"1 GiB free","status":"warning"}

                """)
    }
}
