extension CalendarMapping {
    /// What a record claims, as a policy shows it.
    ///
    /// A start that is a day takes the whole day of the mapping's time zone, and so does an end; without an end, a day
    /// ends with itself. Times without an offset are of that time zone.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - data: What ``Record/shown(by:)`` gives.
    ///   - policy: What is shown of concurrent changes.
    public func claim(of record: Record, shown data: JSONObject?, by policy: ConflictPolicy) -> BookingClaim {
        guard let data, let booking, let starts else { return .nothing }
        if let status, booking.cancelled.contains(where: { ByteOrder.equal($0, status.fill(from: data)) }) {
            return .nothing
        }
        let isNamed = booking.resource.fieldNames.allSatisfy { name in
            data[name].map { !$0.isNull && $0.displayText.contains { !$0.isWhitespace } } ?? false
        }
        let resource = BookingResource(booking.resource.fill(from: data))
        let start = starts.fill(from: data)
        guard isNamed, !resource.text.isEmpty, !start.isEmpty else { return .nothing }

        let names = booking.resource.fieldNames + starts.fieldNames + (ends?.fieldNames ?? [])
        // Of a mapping that names no field at all, nothing but the record itself can claim.
        guard let claim = names.compactMap({ record.shownVersion(of: $0, by: policy) }).max() ?? record.version else {
            return .nothing
        }
        switch span(from: start, to: ends?.fill(from: data) ?? "") {
        case .success(let span):
            return .booking(Booking(subject: record.subject, resource: resource, span: span, claim: claim))
        case .failure(let refusal):
            return .unusable(resource: resource, claim: claim, reason: refusal.reason)
        }
    }

    private func span(from start: String, to end: String) -> Result<BookingSpan, Refusal> {
        let zone = timeZone ?? .utc
        let starts: Timestamp
        var ends: Timestamp?
        switch WrittenDate(start) {
        case .day(let day)?: (starts, ends) = (zone.start(of: day), zone.end(of: day))
        case .local(let local)?: starts = zone.moment(showing: local)
        case .moment(let moment)?: starts = moment
        case nil: return .failure(Refusal(reason: "its start is not a date; it needs a form like 2024-04-01T10:00"))
        }
        if !end.isEmpty {
            switch WrittenDate(end) {
            case .day(let day)?: ends = zone.end(of: day)
            case .local(let local)?: ends = zone.moment(showing: local)
            case .moment(let moment)?: ends = moment
            case nil: return .failure(Refusal(reason: "its end is not a date; it needs a form like 2024-04-01T11:00"))
            }
        }
        guard let ends else {
            return .failure(Refusal(reason: "it has no end; give it one, or book a whole day"))
        }
        guard let span = BookingSpan(from: starts, to: ends) else {
            return .failure(Refusal(reason: "it does not end after it starts"))
        }
        return .success(span)
    }
}

extension Record {
    /// The version of what a policy shows of a field; nil: the field is not there.
    fileprivate func shownVersion(of field: String, by policy: ConflictPolicy) -> Version? {
        guard let register = self[field: field] else { return nil }
        guard register.isInConflict else { return register.newest?.version }
        return (policy.fields[field] ?? policy.standard).choose(among: register.values, of: field).version
    }
}
