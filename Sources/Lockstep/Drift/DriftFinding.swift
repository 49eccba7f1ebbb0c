/// One record in which an office differs from the core.
public struct DriftFinding: Sendable, Hashable {
    /// How it differs.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The office has never heard of it.
        case missing
        /// The office has not taken in all that the core has.
        case behind
        /// The core has not taken in all that the office has, or has never heard of it.
        case ahead
        /// Each has taken in what the other has not.
        case different
    }

    /// The record.
    public let subject: Subject
    /// How it differs.
    public let kind: Kind
    /// What the core holds; nil: nothing.
    public let core: RecordState?
    /// What the office holds; nil: nothing.
    public let office: RecordState?

    /// Compares what two replicas hold of one record; nil: the same.
    public init?(core: RecordState?, office: RecordState?) {
        switch (core, office) {
        case (nil, nil): return nil
        case (let core?, nil):
            subject = core.record.subject
            kind = .missing
        case (nil, let office?):
            subject = office.record.subject
            kind = .ahead
        case (let core?, let office?):
            guard core.record != office.record else { return nil }
            var joined = core.record
            joined.join(office.record)
            subject = core.record.subject
            kind = joined == core.record ? .behind : joined == office.record ? .ahead : .different
        }
        self.core = core
        self.office = office
    }

    /// Compares all that two replicas hold at one place, by subject.
    public static func all(core: [RecordState], office: [RecordState]) -> [DriftFinding] {
        let theirs = Dictionary(office.map { ($0.record.subject, $0) }) { first, _ in first }
        let mine = Set(core.map(\.record.subject))
        return core.compactMap { DriftFinding(core: $0, office: theirs[$0.record.subject]) }
            + office.filter { !mine.contains($0.record.subject) }.compactMap { DriftFinding(core: nil, office: $0) }
    }

    /// What the office is to be sent; nil: it has all that the core has.
    public var forOffice: RecordState? { kind == .ahead ? nil : core }

    /// What the core is to be sent; nil: it has all that the office has.
    public var forCore: RecordState? { kind == .ahead || kind == .different ? office : nil }
}
