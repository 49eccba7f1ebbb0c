import Lockstep

/// Small events for checks; their versions are simply numbered.
enum SampleEvent {
    static func permit(
        _ step: Int,
        _ data: JSONObject,
        operation: EventOperation = .merge,
        number: String = "24-000001",
        origin: String = "core"
    ) throws(LockstepError) -> Event {
        let source = try Origin(origin)
        let first: UInt64 = 0x0190_c5a2_b3c4_0000
        return Event(
            id: try EventID("\(origin)-\(step)"),
            source: source,
            type: try EventType("permit.changed"),
            subject: try Subject("permit/\(number)"),
            time: Timestamp(microseconds: 1_720_000_000_000_000),
            version: Version(reading: ClockReading(first + UInt64(step)), origin: source),
            operation: operation,
            data: data
        )
    }
}
