import HTTPTypes
import Lockstep

/// Which dead letters a request means, and how fast they may go.
struct DeadLetterChoice {
    /// How many a second where nothing is said; as the command has it.
    static let usualRate = 50
    private static let rates = 1...10_000
    private static let filters: Set<String> = ["cause", "since", "until", "type", "about"]

    var selection: DeadLetterSelection
    /// How many a second at most.
    var rate: Int

    /// - Throws: ``HubProblem`` where it is not said in one way which are meant.
    init(_ object: JSONObject) throws {
        let (ids, isAll) = (try object.texts("ids") ?? [], try object.flag("all"))
        let filter = try Self.filter(object)
        guard [!ids.isEmpty, isAll, !filter.isAll].count(where: { $0 }) == 1 else {
            throw HubProblem(
                .badRequest,
                "Name dead letters by 'ids', or by what they have in common (\(Self.filters.sorted().joined(separator: ", "))), "
                    + "or say \"all\": true; one of the three.")
        }
        selection = ids.isEmpty ? filter : .ids(Set(ids))
        rate = Self.usualRate
        guard let text = object["rate"], !text.isNull else { return }
        guard let number = Int(text.text), Self.rates.contains(number) else {
            throw HubProblem(
                .badRequest,
                "The body's key 'rate' needs a whole number from \(Self.rates.lowerBound) to \(Self.rates.upperBound).")
        }
        rate = number
    }

    private static func filter(_ object: JSONObject) throws -> DeadLetterSelection {
        DeadLetterSelection(
            since: try moment(object, "since"), until: try moment(object, "until"),
            type: try object.text("type").map { text throws(LockstepError) in try TopicPattern(text) },
            about: try object.text("about"), cause: try object.text("cause"))
    }

    private static func moment(_ object: JSONObject, _ key: String) throws -> Timestamp? {
        guard let text = try object.text(key) else { return nil }
        guard let moment = Timestamp(rfc3339: text) else {
            throw HubProblem(.badRequest, "The body's key '\(key)' needs a time like 2026-01-31T18:00:00Z.")
        }
        return moment
    }

    /// The keys that a request may have.
    static func keys(isReplay: Bool) -> Set<String> {
        filters.union(["ids", "all", "reason"]).union(isReplay ? ["rate"] : [])
    }

    /// What a request looks like.
    static func body(isReplay: Bool) -> HubRoute.Body {
        var keys: [String: Schema] = [
            "ids": Schema.list("Their ids.", of: .text("An id."), ["minItems": 1]).orNull,
            "all": .flag("All of the office."),
            "cause": Schema.text("Those of this cause: its id, or a class of errors.").orNull,
            "since": Schema.text("Those that were given up then or later (RFC 3339).", ["format": "date-time"]).orNull,
            "until": Schema.text("Those that were given up before then (RFC 3339).", ["format": "date-time"]).orNull,
            "type": Schema.text("Those of events of this type, like permit.*.").orNull,
            "about": Schema.text("Those about this record; permit/24-* is about all that begin so.").orNull,
            "reason": .text("Why, for auditors.", ["minLength": 1, "maxLength": 1000]),
        ]
        if isReplay {
            keys["rate"] = Schema.integer("How many a second at most; 50 where nothing is said.", rates).orNull
        }
        return .json(
            .object(
                "Which dead letters, and why: by ids, by what they have in common, or all.", keys, required: ["reason"])
        )
    }
}
