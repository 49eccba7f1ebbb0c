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
