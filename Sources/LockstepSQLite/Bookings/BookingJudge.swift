import GRDB
import Lockstep

// GRDB has a class of this name.
import struct Lockstep.Record

/// Keeps the bookings of a replica judged, inside the transaction that changes its records.
///
/// First every record that changed is noted; then those bookings are judged again on which that may have a bearing:
/// the ones that overlap a time that was claimed or given up, the ones that overlap those, and so on.
struct BookingJudge {
    let db: Database
    let view: ReplicaView
    private let table: BookingTable
    /// The times that were claimed or given up.
    private var touched: [BookingResource: [BookingSpan]] = [:]
    /// Records whose line of the calendar may have to say otherwise.
    private var marked: Set<Subject> = []
    /// Own claims that were refused as they came, since nobody can say for when they are.
    private var notices: [BookingNotice] = []

    init(db: Database, view: ReplicaView) {
        self.db = db
        self.view = view
        table = BookingTable(db: db)
    }

    /// Notes what a record claims now.
    ///
    /// - Parameter data: What the office shows of it.
    mutating func note(_ record: Record, shown data: JSONObject?) throws {
        let claim = view.claim(of: record, shown: data)
        let former = try table.load(record.subject)
        if former != nil || claim != .nothing { marked.insert(record.subject) }
        switch claim {
        case .nothing:
            guard former != nil else { return }
            try table.remove(record.subject)
        case .booking(let booking):
            guard former?.booking != booking else { return }
            // What was said of the former claim is kept in `refusal` alone: the new one is another matter.
            try table.put(
                StoredBooking(
                    subject: booking.subject, resource: booking.resource, span: booking.span, claim: booking.claim,
                    refusal: former?.refusal))
            touched[booking.resource, default: []].append(booking.span)
        case .unusable(let resource, let version, let reason):
            let refused = StoredBooking(
                subject: record.subject, resource: resource, claim: version, refusal: true, reason: reason)
            guard former != refused else { return }
            try table.put(refused)
            notices.append(BookingNotice(refused, state: .refused))
        }
        if let former, let span = former.span { touched[former.resource, default: []].append(span) }
    }

    /// Judges what has to be judged again, marks the calendar, and has the office publish what became of its own claims.
    mutating func judge() throws {
        // In an order of its own: a dictionary's is another one in every process, and notices have an order.
        for (resource, spans) in touched.sorted(by: { $0.key < $1.key }) {
            var judged: BookingSpan?
            for span in spans.sorted(by: { ($0.starts, $0.ends) < ($1.starts, $1.ends) }) {
                if let judged, judged.starts <= span.starts, span.ends <= judged.ends { continue }
                judged = try judge(around: span, of: resource)
            }
        }
        for subject in marked { try table.markCalendar(subject) }
        for notice in notices where notice.isOf(view.office) { try publish(notice) }
    }

    /// Puts a notice into the office's outbox: its worker publishes it.
    private func publish(_ notice: BookingNotice) throws {
        do {
            try view.outbox?.append(try notice.draft(), in: db)
        } catch let error as LockstepError where [.invalidName, .invalidEvent, .eventTooLarge].contains(error.code) {
            // The record's name leaves no room for that of its notice, say. The calendar tells all the same, and the events
            // of the batch must not wait for ever because of it.
        }
    }

    /// - Returns: The time within which all has been judged.
    private mutating func judge(around span: BookingSpan, of resource: BookingResource) throws -> BookingSpan {
        let (bookings, reach) = try connected(to: span, of: resource)
        let verdicts = BookingRule.judge(bookings.compactMap(\.booking))
        for former in bookings {
            guard let verdict = verdicts[former.subject] else { continue }
            var booking = former
            (booking.refusal, booking.winner, booking.reason) = (false, nil, verdict.reason)
            if case .refused(let winner) = verdict { (booking.refusal, booking.winner) = (true, winner.subject) }
            guard booking != former else { continue }
            try table.put(booking)
            marked.insert(booking.subject)
            if booking.isRefused {
                notices.append(BookingNotice(booking, state: .refused))
            } else if former.isRefused {
                notices.append(BookingNotice(booking, state: .stands))
            }
        }
        return reach
    }

    /// All bookings that overlap a time, or one another down to it; and how far they reach.
    private func connected(
        to span: BookingSpan, of resource: BookingResource
    ) throws -> ([StoredBooking], BookingSpan) {
        var found: [Subject: StoredBooking] = [:]
        var reach = span
        var unread = [span]
        while let part = unread.popLast() {
            for booking in try table.overlapping(part, of: resource) {
                guard found.updateValue(booking, forKey: booking.subject) == nil, let span = booking.span else {
                    continue
                }
                if let before = BookingSpan(from: span.starts, to: reach.starts) { unread.append(before) }
                if let after = BookingSpan(from: reach.ends, to: span.ends) { unread.append(after) }
                guard
                    let wider = BookingSpan(from: min(reach.starts, span.starts), to: max(reach.ends, span.ends))
                else { preconditionFailure("a span that is widened still ends after it starts") }
                reach = wider
            }
        }
        return (found.values.sorted { $0.subject < $1.subject }, reach)
    }
}

extension BookingNotice {
    fileprivate init(_ booking: StoredBooking, state: State) {
        self.init(
            subject: booking.subject, resource: booking.resource, span: booking.span, claim: booking.claim,
            state: state, winner: booking.winner, reason: booking.reason)
    }
}
