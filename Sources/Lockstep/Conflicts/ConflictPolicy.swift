/// Which resolver a subscription uses: one for all fields, others for some of them.
public struct ConflictPolicy: Sendable {
    /// For the fields that have no resolver of their own, and for the record's existence.
    public var standard: any ConflictResolver
    /// For single fields, by name.
    public var fields: [String: any ConflictResolver]

    /// A policy.
    public init(_ standard: any ConflictResolver = .newest, fields: [String: any ConflictResolver] = [:]) {
        self.standard = standard
        self.fields = fields
    }

    /// The newest version wins, everywhere.
    public static let newest = ConflictPolicy()

    /// What decides for a field; for the record's existence its name is empty.
    public func resolver(for field: String) -> any ConflictResolver {
        fields.isEmpty ? standard : fields[field] ?? standard
    }

    /// What a register shows; nil if the field is not there.
    func shown(of register: Register, field: String) -> JSONText? {
        guard register.isInConflict else { return register.newest?.content }
        return resolver(for: field).choose(among: register.values, of: field).content
    }
}

extension Record {
    /// Whether the record exists, as a policy sees it.
    public func exists(by policy: ConflictPolicy) -> Bool {
        policy.shown(of: existence, field: "") != nil
    }

    /// The fields whose conflicts stay open until a person resolves them, by name; an empty name is the record's existence.
    public func openConflicts(by policy: ConflictPolicy) -> [String] {
        let names = (existence.isInConflict ? [""] : []) + conflictedFields
        return names.filter { policy.resolver(for: $0).leavesOpen }
    }

    /// What an office shows of the record; nil if it is deleted, or not there yet.
    public func shown(by policy: ConflictPolicy) -> JSONObject? {
        guard exists(by: policy) else { return nil }
        var shown: [JSONObject.Field] = []
        shown.reserveCapacity(fields.count)
        for field in fields {
            guard let content = policy.shown(of: field.register, field: field.name) else { continue }
            shown.append(JSONObject.Field(name: field.name, value: content))
        }
        return JSONObject(sorted: shown)
    }
}
