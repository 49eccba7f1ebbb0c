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

    /// What a register shows; nil if the field is not there.
    func shown(of register: Register, field: String) -> JSONText? {
        guard register.isInConflict else { return register.newest?.content }
        return (fields[field] ?? standard).choose(among: register.values, of: field).content
    }
}

extension Record {
    /// Whether the record exists, as a policy sees it.
    public func exists(by policy: ConflictPolicy) -> Bool {
        policy.shown(of: existence, field: "") != nil
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
