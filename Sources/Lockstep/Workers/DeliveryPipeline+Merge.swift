extension DeliveryPipeline {
    /// Takes events into the replica of which the office's system is told later.
    ///
    /// What cannot be taken in now is so then.
    /// - Returns: What merging did, for each; nil: nothing yet.
    /// - Throws: What only a person can mend.
    func merge(_ deliveries: ArraySlice<EventDelivery>) async throws(LockstepError) -> [MergeOutcome?] {
        let arrivals = deliveries.compactMap { delivery in
            (try? delivery.content.get()).map { Arrival($0, attempt: delivery.attempt) }
        }
        do throws(LockstepError) {
            let acceptances = try await replica.merge(arrivals)
            metrics.committed(arrivals, acceptances, at: wallClock.now)
            return acceptances.map(\.outcome)
        } catch {
            guard error.mayPass else { throw error }
            return deliveries.map { _ in nil }
        }
    }
}
