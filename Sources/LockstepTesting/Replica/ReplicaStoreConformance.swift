public import Lockstep

/// What every ``/Lockstep/ReplicaStore`` owes, as checks that any test can run on its own implementation.
///
/// ```swift
/// @Test func keepsTheContract() async throws {
///     try await ReplicaStoreConformance(open: { MyReplica(calendar: $0) }, contents: { await $0.bytes }).check()
/// }
/// ```
/// Durability is each store's own to test: it looks different for every one of them.
public struct ReplicaStoreConformance<Store: ReplicaStore>: Sendable {
    let open: @Sendable ([CalendarMapping]) async throws -> Store
    let contents: @Sendable (Store) async throws -> [Subject: [UInt8]]

    /// Checks for one kind of store.
    ///
    /// - Parameters:
    ///   - open: Makes a new, empty store with this calendar.
    ///   - contents: All records of a store, each in its canonical serialization, see ``/Lockstep/Record/encoded()``.
    public init(
        open: @escaping @Sendable (_ calendar: [CalendarMapping]) async throws -> Store,
        contents: @escaping @Sendable (Store) async throws -> [Subject: [UInt8]]
    ) {
        self.open = open
        self.contents = contents
    }

    /// Runs all checks.
    ///
    /// - Parameter histories: How many random histories each of the checks on order and repetition goes through.
    /// - Throws: ``NonConformance``, or what the store threw.
    public func check(histories: Int = 20) async throws {
        try await answersForEachEventInOrder()
        try await holdsTheSameBytesInAnyOrder(histories: histories)
        try await takesNothingInTwice(histories: histories)
        try await refusesWhatTheCalendarCannotShow()
        try await namesWhatIsToBePushed()
        try await pushesLateChangesOfOtherFields()
    }

    func require(_ condition: Bool, _ sentence: String, line: Int = #line) throws {
        if !condition { throw NonConformance(sentence: sentence, line: line) }
    }
}

/// A store does not do what it owes.
public struct NonConformance: Error, CustomStringConvertible {
    /// What it should have done.
    public let sentence: String
    /// Where in the suite it was noticed.
    public let line: Int

    public var description: String { "\(sentence) (line \(line) of its check)" }
}
