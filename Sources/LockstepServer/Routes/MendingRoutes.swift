import HTTPTypes
import Lockstep

/// What puts things right that went wrong before: past events again, and queues made anew.
enum MendingRoutes {
    static func all(_ backend: any HubBackend) -> [HubRoute] {
        [
            HubRoute(
                path: "/v1/offices/{office}/replays", id: "replayEvents",
                summary: "Send past events to an office again, from the archive: what it subscribes to, the oldest "
                    + "first. What it has already changes nothing.",
                access: .role(.operate), body: PastEventChoice.body,
                success: .init(description: "How many were sent.", schema: .named("PastEventReplay")),
                problems: [.conflict], backend
            ) { request in
                let object = try request.object(PastEventChoice.keys)
                let (choice, deed) = (try PastEventChoice(object), try request.deed(object))
                return (
                    .replayEvents(
                        choice.selection, rate: choice.rate, isRehearsal: choice.isRehearsal,
                        office: request.name("office")), deed
                )
            },
            HubRoute(
                path: "/v1/topology/migrations", id: "migrateTopology",
                summary: "Make queues anew whose arguments are other than they should be, without losing what is in "
                    + "them. Offices are paused meanwhile. What was interrupted goes on where it was.",
                access: .role(.admin),
                body: .json(
                    .object(
                        "Whose queues, and why.",
                        [
                            "office": Schema.text("Only this office's; else all, and what offices share.").orNull,
                            "reason": .text("Why, for auditors.", ["minLength": 1, "maxLength": 1000]),
                        ], required: ["reason"])),
                success: .init(description: "The queues that were made anew.", schema: .named("Migrations")),
                problems: [.conflict, .notFound], backend
            ) { request in
                let object = try request.object(["office", "reason"])
                return (.migrateTopology(office: try object.text("office")), try request.deed(object))
            },
        ]
    }

    static let schemas: [String: Schema] = [
        "PastEventReplay": .object(
            "What became of past events.",
            [
                "office": .text("Whose."), "looked": .integer("How many events of the archive were looked at."),
                "sent": .integer("How many were sent; of a rehearsal, how many would have been."),
                "unreadable": .integer("How many of those looked at are no events."),
                "dryRun": .flag("Whether nothing was sent."),
            ], isOpen: true),
        "Migrations": .object(
            "What was made anew.",
            [
                "queues": .list(
                    "The queues; none: all were as they should be.",
                    of: .object(
                        "A queue.", ["queue": .text("Its name."), "done": .text("What was done: migrated.")],
                        isOpen: true))
            ]),
    ]
}
