/// An attribute that Lockstep knows: those of CloudEvents 1.0 and its own.
///
/// A slot in ``EventAttributes``: each event that arrives has ten of them, and hashing their names took longer than
/// reading them.
enum EventAttribute: Int, CaseIterable {
    case id, type, time, scope, source, subject, operation, recordseen, specversion, traceparent, recordversion
    case datacontenttype

    /// The attribute of this name; nil: an extension of somebody else's.
    init?(named name: String) {
        // Only a name of the same length is worth a look.
        let found: EventAttribute? =
            switch name.utf8.count {
            case 2: .id
            case 4: name == "type" ? .type : .time
            case 5: .scope
            case 6: .source
            case 7: .subject
            case 9: .operation
            case 10: .recordseen
            case 11: name.utf8.first == UInt8(ascii: "s") ? .specversion : .traceparent
            case 13: .recordversion
            case 15: .datacontenttype
            default: nil
            }
        guard let found, name == found.name else { return nil }
        self = found
    }

    /// The name on the wire.
    var name: String {
        switch self {
        case .id: "id"
        case .type: "type"
        case .time: "time"
        case .scope: "scope"
        case .source: "source"
        case .subject: "subject"
        case .operation: "operation"
        case .recordseen: "recordseen"
        case .specversion: "specversion"
        case .traceparent: "traceparent"
        case .recordversion: "recordversion"
        case .datacontenttype: "datacontenttype"
        }
    }
}
