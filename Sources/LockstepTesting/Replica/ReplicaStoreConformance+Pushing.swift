import Lockstep

extension ReplicaStoreConformance {
    /// What an adapter has to be told: the newest state of each record, once, until it took it.
    public func namesWhatIsToBePushed() async throws {
        let store = try await open([])
        let events = [
            try SampleEvent.permit(1, ["status": "Received"]),
            try SampleEvent.permit(2, ["status": "Issued"]),
            try SampleEvent.permit(3, ["status": "Received"], number: "24-000002"),
        ]
        _ = try await store.merge(events.map { Arrival($0) })
        let subjects = Set(events.map(\.subject))
        let changes = try await store.unpushed(among: subjects)
        try require(changes.count == 2, "there is one change for each record")
        let first = changes.first { $0.subject == events[0].subject }
        try require(first?.version == events[1].version, "a change has the newest version that shows")
        try require(first?.data == ["status": "Issued"], "a change holds the merged state")
        try require(first?.types == ["permit.changed"], "a change names the types of its events")
        let others = try await store.unpushed(among: [events[2].subject])
        try require(others.map(\.subject) == [events[2].subject], "only the records that were asked for are named")

        try await store.markPushed(changes)
        try require(try await store.unpushed(among: subjects).isEmpty, "what was pushed is not pushed again")
        _ = try await store.merge([Arrival(events[0])])
        try require(try await store.unpushed(among: subjects).isEmpty, "a duplicate is nothing to push")

        let deletion = try SampleEvent.permit(4, [:], operation: .delete)
        _ = try await store.merge([Arrival(deletion)])
        let deleted = try await store.unpushed(among: subjects)
        try require(deleted.count == 1 && deleted[0].data == nil, "a deletion is pushed as a change without data")
        _ = try await store.merge([Arrival(try SampleEvent.permit(5, ["status": "Issued"]))])
        try await store.markPushed(deleted)
        let rest = try await store.unpushed(among: subjects)
        try require(
            rest.map(\.version) == [deletion.version.after(1)], "what came since an older push is still to push")
    }

    /// A late change of another field is pushed although the record's newest version stays the same.
    public func pushesLateChangesOfOtherFields() async throws {
        let store = try await open([])
        let newer = try SampleEvent.permit(2, ["status": "Issued"])
        let older = try SampleEvent.permit(1, ["address": "1268 ABBEY CRT."], origin: "ward-1")
        _ = try await store.merge([Arrival(newer)])
        try await store.markPushed(try await store.unpushed(among: [newer.subject]))
        _ = try await store.merge([Arrival(older)])
        let changes = try await store.unpushed(among: [newer.subject])
        try require(changes.first?.data?["address"] != nil, "a late change of another field is pushed, too")
        try require(changes.first?.version == newer.version, "the newest version stays the newest")
    }
}

extension Version {
    fileprivate func after(_ count: UInt64) -> Version {
        Version(reading: ClockReading(reading.bits + count), origin: origin)
    }
}
