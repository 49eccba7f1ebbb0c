/// What JSON has to look like (JSON Schema 2020-12, as OpenAPI 3.1 uses it).
struct Schema: Sendable {
    let tree: JSONTree

    /// A schema that stands among the description's components.
    static func named(_ name: String) -> Schema { Schema(tree: ["$ref": "#/components/schemas/\(name)"]) }

    /// A text.
    static func text(_ description: String, _ more: [String: JSONTree] = [:]) -> Schema {
        Schema(tree: .object(more.merging(["type": "string", "description": .text(description)]) { $1 }))
    }

    /// One of a few words.
    static func choice(_ description: String, _ words: [String]) -> Schema {
        text(description, ["enum": .list(words.map { .text($0) })])
    }

    /// A whole number.
    static func integer(_ description: String, _ range: ClosedRange<Int>? = nil) -> Schema {
        var tree: [String: JSONTree] = ["type": "integer", "description": .text(description)]
        if let range {
            tree["minimum"] = .number(range.lowerBound)
            tree["maximum"] = .number(range.upperBound)
        }
        return Schema(tree: .object(tree))
    }

    /// A number.
    static func number(_ description: String) -> Schema {
        Schema(tree: ["type": "number", "description": .text(description)])
    }

    /// True or false.
    static func flag(_ description: String) -> Schema {
        Schema(tree: ["type": "boolean", "description": .text(description)])
    }

    /// Any JSON value at all.
    static func anything(_ description: String) -> Schema {
        Schema(tree: ["description": .text(description)])
    }

    /// A list.
    static func list(_ description: String, of items: Schema, _ more: [String: JSONTree] = [:]) -> Schema {
        Schema(
            tree: .object(
                more.merging(["type": "array", "description": .text(description), "items": items.tree]) { $1 }))
    }

    /// An object.
    ///
    /// - Parameters:
    ///   - required: The keys that must be there; nil: all of them.
    ///   - isOpen: Whether others may be there, too.
    static func object(
        _ description: String, _ properties: [String: Schema], required: [String]? = nil, isOpen: Bool = false
    ) -> Schema {
        Schema(
            tree: [
                "type": "object", "description": .text(description),
                "properties": .object(properties.mapValues(\.tree)),
                "required": .list((required ?? Array(properties.keys)).sorted().map { .text($0) }),
                "additionalProperties": .flag(isOpen),
            ])
    }

    /// An object whose keys are not known, but their values.
    static func map(_ description: String, of values: Schema) -> Schema {
        Schema(tree: ["type": "object", "description": .text(description), "additionalProperties": values.tree])
    }

    /// The same, or null.
    var orNull: Schema { Schema(tree: ["anyOf": [tree, ["type": "null"]]]) }

    /// A part of a list.
    static func page(of items: Schema) -> Schema {
        .object(
            "A part of a list.",
            [
                "items": .list("The items, in order.", of: items),
                "next": Schema.text("What to give as 'after' for the next part; null: there is none.").orNull,
            ])
    }
}
