/// What one check of `lockstep doctor` found.
public struct DoctorRow: TableRow, Hashable {
    /// How a check ended.
    public enum Status: String, Encodable, Sendable, Hashable {
        /// As it should be.
        case ok
        /// It works, and may not for long.
        case warning
        /// It does not work.
        case failed
        /// It could not be checked, for an earlier check failed.
        case skipped
    }

    /// What was checked: `broker`, `version`, `plugins`, `permissions`, `topology`, `clock`, `disk`.
    public var check: String
    /// How it ended.
    public var status: Status
    /// What was found.
    public var found: String
    /// What to do about it; null: nothing.
    @OrNull public var advice: String?

    /// A check.
    public init(_ check: String, _ status: Status, _ found: String, advice: String? = nil) {
        self.check = check
        self.status = status
        self.found = found
        self.advice = advice
    }

    public static let columns: [TableColumn<DoctorRow>] = [
        .text("CHECK") { $0.check },
        .text("STATUS") { $0.status.rawValue },
        .text("FOUND") { $0.found },
        .text("WHAT TO DO") { $0.advice ?? "" },
    ]
}
