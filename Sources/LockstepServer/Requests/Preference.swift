import HTTPTypes

/// What a caller would rather have (RFC 7240); whatever is not known is passed over.
struct Preference {
    /// Whether it does not want to wait for what takes long.
    let respondsAsync: Bool

    init(_ headers: HTTPFields) {
        let fields = headers.filter { $0.name.canonicalName == "prefer" }.map(\.value)
        respondsAsync = fields.contains { field in
            field.split(separator: ",").contains { preference in
                let token = preference.prefix { $0 != ";" && $0 != "=" }
                return token.filter { $0 != " " && $0 != "\t" }.lowercased() == "respond-async"
            }
        }
    }
}
