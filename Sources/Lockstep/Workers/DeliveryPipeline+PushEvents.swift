extension DeliveryPipeline {
    /// Tells the adapter each event, in the order of their arrival for each record.
    ///
    /// Whatever is delivered is told: what merging takes for a duplicate may not have been told before a crash. So an
    /// event may be told twice, and its id says so. An event that is to be tried again holds the later ones of its record.
    func pushEvents(
        of arrivals: [Arrival], _ acceptances: [Acceptance], to adapter: any Adapter
    ) async throws(LockstepError) -> Push {
        var push = Push()
        guard !arrivals.isEmpty else { return push }
        let states = try await unpushedStates(of: arrivals)
        var rounds = EventRounds(
            arrivals.indices.filter { acceptances[$0].refusal == nil }.map { ($0, arrivals[$0].event.subject) })
        var isFirst = true
        while let round = rounds.next() {
            let told = round.compactMap { index -> (index: Int, change: Change)? in
                let event = arrivals[index].event
                if event.operation != .state { return (index, Change(event)) }
                return states[event.subject].map { (index, $0) }
            }
            guard !told.isEmpty else { continue }
            let (results, failures) = await apply(told.map(\.change), with: adapter)
            CrashPoint.answered.pass()
            for ((index, change), result) in zip(told, results) {
                push.eventResults[index] = result
                push.note(result)
                let verdict = settlement.verdict(
                    attempt: arrivals[index].attempt, acceptance: acceptances[index], push: result)
                guard case .retry(let delay, _, _) = verdict else { continue }
                for later in rounds.holdBack(change.subject) { push.eventResults[later] = .held(delay) }
            }
            if isFirst, failures.count == told.count { push.outage = failures.first }
            isFirst = false
            if let reason = push.gone {
                for index in rounds.stop() { push.eventResults[index] = .outcome(.gone(reason)) }
            } else if let pause = push.pause {
                for index in rounds.stop() { push.eventResults[index] = .outcome(.busy(for: pause.time, pause.reason)) }
            }
        }
        try await note(push, of: arrivals, states)
        return push
    }

    /// The states that an adapter of states would be told of now.
    private func unpushedStates(of arrivals: [Arrival]) async throws(LockstepError) -> [Subject: Change] {
        let changes = try await replica.unpushed(among: Set(arrivals.map(\.event.subject)))
        return Dictionary(changes.map { ($0.subject, $0) }) { first, _ in first }
    }

    /// Notes the records that the office's system has as they are: nobody need send it their states.
    private func note(_ push: Push, of arrivals: [Arrival], _ states: [Subject: Change]) async throws(LockstepError) {
        var open: Set<Subject> = []
        for (index, arrival) in arrivals.enumerated() where push.eventResults[index]?.isSettled != true {
            open.insert(arrival.event.subject)
        }
        let taken = states.values.filter { !open.contains($0.subject) }
        if !taken.isEmpty { try await replica.markPushed(taken.sorted { $0.subject < $1.subject }) }
    }
}
