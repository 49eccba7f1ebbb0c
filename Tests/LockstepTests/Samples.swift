import Lockstep

/// Values that many tests need, in few words.
enum Sample {
    static func version(_ reading: UInt64, _ origin: String = "core") throws -> Version {
        Version(reading: ClockReading(reading), origin: try Origin(origin))
    }

    static func change(
        _ reading: UInt64,
        by origin: String = "core",
        seen: Seen = .nothing,
        _ data: JSONObject
    ) throws -> RecordChange {
        try change(reading, by: origin, seen: seen, .merge, data)
    }

    static func change(
        _ reading: UInt64,
        by origin: String = "core",
        seen: Seen = .nothing,
        _ operation: EventOperation,
        _ data: JSONObject
    ) throws -> RecordChange {
        RecordChange(
            version: try version(reading, origin),
            seen: seen,
            operation: operation,
            data: data,
            type: try EventType("permit.issued")
        )
    }

    static func event(
        _ reading: UInt64,
        about subject: String = "permit/1",
        type: String = "permit.issued",
        _ data: JSONObject = ["status": "Issued"]
    ) throws -> Event {
        Event(
            id: try EventID("id-\(reading)"),
            source: try Origin("core"),
            type: try EventType(type),
            subject: try Subject(subject),
            time: Timestamp(microseconds: 0),
            version: try version(reading),
            data: data
        )
    }

    static func record(_ changes: [RecordChange]) throws -> Record {
        var record = Record(subject: try Subject("permit/1"))
        for change in changes { record.merge(change) }
        return record
    }
}
