public import Lockstep

/// What an office's replica holds, and what became of the events that it was given.
public struct OfficeStatistics: Sendable, Hashable {
    /// How many records there are, without deleted ones.
    public var records: Int
    /// How many records are deleted.
    public var deleted: Int
    /// How many entries the calendar has.
    public var calendarEntries: Int
    /// How many bookings there are.
    public var bookings: Int
    /// How many of them are refused.
    public var refusedBookings: Int
    /// How many events ended how; every outcome is there.
    public var outcomes: [MergeOutcome: Int]
    /// How many events left a record that the calendar could not show.
    public var refused: Int
    /// How many deliveries were not the first of their event.
    public var retried: Int
    /// When an event last changed something.
    public var lastApplied: Timestamp?
    /// How long the events that changed something took from their publication, by their version's clock reading, to
    /// the end of their batch's work; the commit's own time on the disk is not in it.
    public var delays: DelayHistogram

    /// How many events there were in all.
    public var events: Int { outcomes.values.reduce(0, +) }
}
