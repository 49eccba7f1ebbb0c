import FoundationEssentials
import HTTPTypes

/// What is answered with: one JSON value, written already.
public struct HubDocument: Sendable, Hashable {
    /// The JSON text.
    public let json: String

    /// Writes a value, keys in alphabetical order.
    public init(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        json = String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Takes JSON text as it is.
    public init(json: String) {
        self.json = json
    }
}

/// A part of a list that may be long.
public struct HubPage: Sendable, Hashable {
    /// The items, in order.
    public var items: HubDocument
    /// Where the next part begins, for the parameter `after`; nil: there is none.
    public var next: String?

    /// A part of a list, its items written as an array.
    public init<Item: Encodable>(_ items: [Item], next: String? = nil) throws {
        self.items = try HubDocument(items)
        self.next = next
    }

    /// The part of a list that was asked for, of whose items each knows its place.
    ///
    /// - Parameters:
    ///   - items: The items, and the one after them where there is one.
    ///   - place: Where the list goes on after an item.
    public init<Item: Encodable>(_ items: [Item], _ range: HubRange, place: (Item) -> String) throws {
        let shown = Array(items.prefix(range.limit))
        try self.init(shown, next: items.count > range.limit ? shown.last.map(place) : nil)
    }

    /// The answer's text.
    var document: HubDocument {
        get throws {
            let next = try next.map { try HubDocument($0).json } ?? "null"
            return HubDocument(json: "{\"items\":\(items.json),\"next\":\(next)}")
        }
    }
}

/// Which part of a list is asked for.
public struct HubRange: Sendable, Hashable {
    /// How many items at most.
    public var limit: Int
    /// What the part before named as `next`; nil: the first part.
    public var after: String?

    /// A part.
    public init(limit: Int = 50, after: String? = nil) {
        self.limit = limit
        self.after = after
    }

    /// Takes this part of a list whose cursor is the number of items before it.
    ///
    /// - Parameter fetch: Hands over so many items, after it has passed over some.
    /// - Throws: ``HubProblem`` where the cursor is none; what `fetch` throws.
    public func page<Item: Encodable & Sendable>(
        _ fetch: (_ skipping: Int, _ limit: Int) async throws -> [Item]
    ) async throws -> HubPage {
        guard let start = Int(after ?? "0"), start >= 0, start <= 1_000_000 else {
            throw HubProblem(.badRequest, "The parameter 'after' is none that this list gave as 'next'.")
        }
        let items = try await fetch(start, limit + 1)
        return try HubPage(Array(items.prefix(limit)), next: items.count > limit ? "\(start + limit)" : nil)
    }
}
