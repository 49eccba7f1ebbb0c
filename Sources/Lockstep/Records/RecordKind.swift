/// A type of the events about a record, with the newest reading of those that were taken in.
struct RecordKind: Sendable, Hashable {
    let type: String
    var newest: ClockReading

    static func == (left: RecordKind, right: RecordKind) -> Bool {
        ByteOrder.equal(left.type, right.type) && left.newest == right.newest
    }
}
