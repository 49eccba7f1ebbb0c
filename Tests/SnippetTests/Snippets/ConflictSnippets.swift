import Lockstep

/// Of two numbers the larger one shows.
struct LargestNumber: ConflictResolver {
    func choose(among values: [Register.Value], of field: String) -> Register.Value {
        values.max { number($0) < number($1) } ?? values[0]
    }

    private func number(_ value: Register.Value) -> Double {
        value.content.flatMap { Double($0.text) } ?? -.infinity
    }
}

enum ConflictSnippets {
    static func office() throws -> Subscription {
        let office = Subscription(
            office: try OfficeName("ward-3"), events: [try TopicPattern("permit.*.ward-3")],
            conflicts: ConflictPolicy(.newest, fields: ["VALUE": LargestNumber(), "INSPECTOR": .ask]))
        return office
    }
}
