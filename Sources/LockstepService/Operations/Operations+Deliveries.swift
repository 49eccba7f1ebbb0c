public import Lockstep
import LockstepSQLite

extension Operations {
    /// Deliveries of the ledger, those of the events that it heard of last before the others.
    ///
    /// Only what offices have spoken of is listed: one that is on its way for the first time is not.
    ///
    /// - Parameters:
    ///   - place: ``DeliveryRow/place`` of the last one of the part before; nil: the first part.
    ///   - limit: How many at most.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where no ledger was ever kept here, or where there is
    ///   no such office and never was one; `invalidName` where the place is none.
    public func deliveries(
        _ question: DeliveryQuestion, after place: String? = nil, limit: Int
    ) async throws -> [DeliveryRow] {
        let reader = try ledgerReader()
        defer { try? reader.close() }
        if let office = question.office, try await !reader.knows(office) {
            _ = try configuration.office(named: office.text)
        }
        let now = WallClock.system.now
        return try await reader.deliveries(question, after: place, limit: limit).map { DeliveryRow($0, at: now) }
    }

    /// Events of the ledger, those that it heard of last before the others.
    ///
    /// - Parameters:
    ///   - place: ``EventRow/place`` of the last one of the part before; nil: the first part.
    ///   - limit: How many at most.
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` where no ledger was ever kept here; `invalidName` where
    ///   the place is none.
    public func events(
        _ question: EventQuestion, after place: String? = nil, limit: Int
    ) async throws -> [EventRow] {
        let reader = try ledgerReader()
        defer { try? reader.close() }
        return try await reader.events(question, after: place, limit: limit).map(EventRow.init)
    }
}
