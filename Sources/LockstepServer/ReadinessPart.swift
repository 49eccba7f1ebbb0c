/// A part of a process that must be there before the process can do its work.
public struct ReadinessPart: Sendable, Hashable {
    /// What it is, for people: `publishing connection`.
    public var name: String
    /// Why it is not ready; nil: it is.
    public var reason: String?

    /// What is worth saying of it though it is ready.
    public var remark: String?

    /// A part.
    public init(_ name: String, notReadyBecause reason: String? = nil, remark: String? = nil) {
        self.name = name
        self.reason = reason
        self.remark = remark
    }
}

extension [ReadinessPart] {
    /// Whether all is ready; and what is not, or else what is worth saying, each on a line of its own.
    var answer: (isReady: Bool, text: String) {
        let missing = compactMap { part in part.reason.map { "\(part.name): \($0)\n" } }
        let remarks = compactMap { part in part.remark.map { "\(part.name): \($0)\n" } }
        return missing.isEmpty ? (true, "ready\n" + remarks.joined()) : (false, missing.joined())
    }
}
