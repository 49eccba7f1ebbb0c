import Lockstep
import LockstepSQLite

/// What checking a saved report found.
public struct ReportCheck: TableRow, Hashable {
    /// The file; null: it says what is missing.
    @OrNull public var file: String?
    /// The report's number; null: the file is no report.
    @OrNull public var number: Int?
    /// When it was made (RFC 3339); null: nobody says so.
    @OrNull public var made: String?
    /// `good`; `other form`: it was not made as JSON, and is no matter; `changed`, `broken`, `missing`, `twice` or
    /// `unreadable`.
    public var state: String
    /// What is wrong; null: nothing.
    @OrNull public var problem: String?

    init(_ file: String?, _ seal: ReportSeal?, _ state: String, _ problem: String? = nil) {
        self.state = state
        self.file = file
        number = seal?.number
        made = seal?.made
        self.problem = problem
    }

    /// Whether nothing is wrong.
    public var isGood: Bool { state == "good" || state == "other form" }

    public static let columns: [TableColumn<ReportCheck>] = [
        .text("FILE") { $0.file ?? "-" }, .number("REPORT") { $0.number }, .text("MADE") { $0.made ?? "-" },
        .text("STATE") { $0.state }, .text("PROBLEM", isFlexible: true) { $0.problem ?? "" },
    ]
}

/// Checks saved reports against each other, and against the register where it is at hand.
struct ReportChain {
    private var checks: [ReportCheck] = []
    private var seals: [(file: String, seal: ReportSeal)] = []

    /// The checks, by number; what cannot be read comes first.
    ///
    /// - Parameters:
    ///   - files: Names and contents of saved JSON reports, in any order.
    ///   - register: What the state directory says was made; nil: it is not at hand.
    static func checks(_ files: [(name: String, text: String)], register: [RegisteredReport]?) -> [ReportCheck] {
        var chain = ReportChain()
        for file in files { chain.read(file.name, file.text) }
        chain.link(register)
        return chain.checks
    }

    /// Checks a report by itself.
    private mutating func read(_ file: String, _ text: String) {
        guard let sealed = try? JSONObject(parsing: text), let report = sealed["report"],
            let seal = sealed["seal"].flatMap(ReportSeal.init(json:))
        else {
            checks.append(ReportCheck(file, nil, "unreadable", "it is no report that was saved with --json"))
            return
        }
        if ReportSeal.digest(of: report.text) != seal.content {
            checks.append(ReportCheck(file, seal, "changed", "what it says is not what was sealed"))
        } else if sealed.fields.count != 2 || seal.expectedDigest != seal.digest {
            checks.append(ReportCheck(file, seal, "changed", "its seal is not the one that was made"))
        } else {
            seals.append((file, seal))
        }
    }

    /// Checks that the reports follow one another, from the first to the last.
    private mutating func link(_ register: [RegisteredReport]?) {
        seals.sort { ($0.seal.number, $0.file) < ($1.seal.number, $1.file) }
        let registered = Dictionary((register ?? []).map { ($0.number, ReportSeal($0)) }) { first, _ in first }
        var last: ReportSeal?
        for (file, seal) in seals {
            if let last, last.number == seal.number {
                checks.append(
                    last == seal
                        ? ReportCheck(file, seal, "good", "a copy of the one above")
                        : ReportCheck(file, seal, "twice", "another report has the same number"))
                continue
            }
            missing(after: last?.number ?? 0, before: seal.number, registered)
            checks.append(check(file, seal, after: last, registered, isAtHand: register != nil))
            last = seal
        }
        missing(after: last?.number ?? 0, before: (register?.last?.number ?? 0) + 1, registered)
    }

    private func check(
        _ file: String, _ seal: ReportSeal, after last: ReportSeal?, _ registered: [Int: ReportSeal], isAtHand: Bool
    ) -> ReportCheck {
        if isAtHand, registered[seal.number] != seal {
            return ReportCheck(file, seal, "broken", "the register of the state directory has another report here")
        }
        let isFirst = seal.number == 1
        if isFirst != (seal.previous == nil) || last?.number == seal.number - 1 && last?.digest != seal.previous {
            return ReportCheck(file, seal, "broken", "it does not follow the report before")
        }
        return ReportCheck(file, seal, "good")
    }

    /// Notes which reports there must have been of which there is no file that is good.
    private mutating func missing(after last: Int, before next: Int, _ registered: [Int: ReportSeal]) {
        guard last + 1 < next else { return }
        let bad = Set(checks.filter { $0.state == "changed" }.compactMap(\.number))
        for number in last + 1..<next where !bad.contains(number) {
            checks.append(absent(number, registered))
        }
    }

    /// A report of which there is no file: of one that was not made as JSON, there cannot be one.
    private func absent(_ number: Int, _ registered: [Int: ReportSeal]) -> ReportCheck {
        guard let seal = registered[number] else {
            var check = ReportCheck(nil, nil, "missing", "there is no file of it")
            check.number = number
            return check
        }
        guard seal.digest == seal.expectedDigest, seal.previous == registered[number - 1]?.digest else {
            return ReportCheck(nil, seal, "broken", "the register of the state directory was changed here")
        }
        return seal.form == ReportForm.json.rawValue
            ? ReportCheck(nil, seal, "missing", "there is no file of it")
            : ReportCheck(nil, seal, "other form", "it was made as \(seal.form); only JSON can be checked")
    }
}

extension ReportSeal {
    /// Reads what was saved; nil: it is no seal.
    fileprivate init?(json: JSONText) {
        guard let members = try? JSONObject(parsing: json.text), members.fields.count == 6,
            let number = members["number"].flatMap({ Int($0.text) }), let made = members["made"]?.stringValue,
            let form = members["form"]?.stringValue, let content = members["content"]?.stringValue,
            let digest = members["digest"]?.stringValue,
            let previous = members["previous"], previous.isNull || previous.stringValue != nil
        else { return nil }
        self.number = number
        self.made = made
        self.form = form
        self.content = content
        self.digest = digest
        self.previous = previous.stringValue
    }
}
