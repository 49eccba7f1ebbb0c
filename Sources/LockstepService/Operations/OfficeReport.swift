/// What an office's replica holds, and what became of its events.
public struct OfficeReport: Detailed, Hashable {
    /// Delays from publication to the end of a batch's work, in milliseconds; null where nothing was applied.
    public struct Delays: Encodable, Sendable, Hashable {
        /// The median.
        @OrNull public var p50: Int?
        /// What 99 of 100 do not exceed.
        @OrNull public var p99: Int?
        /// The longest.
        @OrNull public var longest: Int?

        /// Delays.
        public init(p50: Int?, p99: Int?, longest: Int?) {
            self.p50 = p50
            self.p99 = p99
            self.longest = longest
        }
    }

    /// Its name.
    public var office: String
    /// Records, without deleted ones.
    public var records = 0
    /// Deleted records.
    public var deleted = 0
    /// Entries of the calendar.
    public var calendarEntries = 0
    /// Bookings, with refused ones.
    public var bookings = 0
    /// Bookings that do not stand.
    public var refusedBookings = 0
    /// Events in all.
    public var events = 0
    /// Events that were newer than all before.
    public var applied = 0
    /// Events that changed some of their fields.
    public var merged = 0
    /// Events that were there already.
    public var duplicate = 0
    /// Events that came after newer ones.
    public var superseded = 0
    /// Events that left a conflict.
    public var conflict = 0
    /// Events that left a record which the calendar cannot show.
    public var refused = 0
    /// Deliveries that were not the first of their event.
    public var retried = 0
    /// Changes made in the office that wait to be published.
    public var editsWaiting = 0
    /// Changes made in the office that the broker could route nowhere, or that cannot be published.
    public var editsStuck = 0
    /// When an event last changed something (RFC 3339); null: never.
    @OrNull public var lastApplied: String?
    /// How long events took.
    public var delayMilliseconds = Delays(p50: nil, p99: nil, longest: nil)

    /// A report of an office that has received nothing.
    public init(office: String) {
        self.office = office
    }

    public var details: [Detail] {
        func delay(_ milliseconds: Int?) -> String {
            milliseconds.map { NumberText.delay(milliseconds: $0) } ?? "-"
        }
        return [
            Detail("office", office),
            Detail("records", "\(NumberText.grouped(records)) (\(NumberText.grouped(deleted)) deleted)"),
            Detail("calendar", NumberText.count(calendarEntries, "entry", "entries")),
            Detail("bookings", "\(NumberText.grouped(bookings)) (\(NumberText.grouped(refusedBookings)) refused)"),
            Detail("events", events), Detail("applied", applied), Detail("merged", merged),
            Detail("duplicate", duplicate), Detail("superseded", superseded), Detail("conflict", conflict),
            Detail("refused", refused), Detail("retried", retried),
            Detail("edits waiting", editsWaiting), Detail("edits stuck", editsStuck),
            Detail("last applied", lastApplied ?? "never"),
            Detail(
                "delay",
                "p50 \(delay(delayMilliseconds.p50)), p99 \(delay(delayMilliseconds.p99)), "
                    + "longest \(delay(delayMilliseconds.longest))"),
        ]
    }
}
