import HTTPTypes
import Lockstep

/// Which past events a request means, and how fast they may go.
struct PastEventChoice {
    /// The keys that a request may have.
    static let keys: Set<String> = ["since", "until", "type", "about", "rate", "rehearse", "reason"]
    /// How many a second where nothing is said; as the command has it.
    private static let usualRate = 200

    var selection: PastEventSelection
    /// How many a second at most.
    var rate: Int
    /// Whether they are only counted.
    var isRehearsal: Bool

    /// - Throws: ``HubProblem`` for what is none.
    init(_ object: JSONObject) throws {
        selection = PastEventSelection(
            since: try object.moment("since"), until: try object.moment("until"),
            type: try object.text("type").map { text throws(LockstepError) in try TopicPattern(text) },
            about: try object.text("about"))
        rate = try object.rate() ?? Self.usualRate
        isRehearsal = try object.flag("rehearse")
    }

    /// What a request looks like.
    static let body = HubRoute.Body.json(
        .object(
            "Which past events, and why; without any of since, until, type and about all that the archive has and the "
                + "office subscribes to.",
            [
                "since": Schema.text("Those that happened then or later (RFC 3339).", ["format": "date-time"]).orNull,
                "until": Schema.text("Those that happened before then (RFC 3339).", ["format": "date-time"]).orNull,
                "type": Schema.text("Those of this type, like permit.*.").orNull,
                "about": Schema.text("Those about this record; permit/24-* is about all that begin so.").orNull,
                "rate": .rate("How many a second at most; 200 where nothing is said."),
                "rehearse": .flag("Only count them."),
                "reason": .text("Why, for auditors.", ["minLength": 1, "maxLength": 1000]),
            ], required: ["reason"]))
}
