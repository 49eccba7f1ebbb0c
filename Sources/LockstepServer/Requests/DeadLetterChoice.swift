import HTTPTypes
import Lockstep

/// Which dead letters a request means, and how fast they may go.
struct DeadLetterChoice {
    /// How many a second where nothing is said; as the command has it.
    static let usualRate = 50
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
        rate = try object.rate() ?? Self.usualRate
    }

    private static func filter(_ object: JSONObject) throws -> DeadLetterSelection {
        DeadLetterSelection(
            since: try object.moment("since"), until: try object.moment("until"),
            type: try object.text("type").map { text throws(LockstepError) in try TopicPattern(text) },
            about: try object.text("about"), cause: try object.text("cause"))
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
            keys["rate"] = .rate("How many a second at most; 50 where nothing is said.")
        }
        return .json(
            .object(
                "Which dead letters, and why: by ids, by what they have in common, or all.", keys, required: ["reason"])
        )
    }
}
