#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An attribute that Lockstep knows: those of CloudEvents 1.0 and its own.
///
/// A slot in ``EventAttributes``: each event that arrives has ten of them, and hashing their names took longer than
/// reading them.
package enum EventAttribute: Int, CaseIterable {
    case id, type, time, scope, source, subject, operation, recordseen, specversion, traceparent, recordversion
    case datacontenttype

    /// The attribute of this name; nil: an extension of somebody else's.
    init?(named name: String) {
        var name = name
        guard let found = name.withUTF8({ EventAttribute(named: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = found
    }

    /// The attribute whose name has these bytes; nil: an extension of somebody else's, or one in capital letters.
    init?(named name: UnsafeRawBufferPointer) {
        // Only a name of the same length is worth a look; its last letter tells most of those apart.
        let found: EventAttribute? =
            switch (name.count, name.last) {
            case (2, _): .id
            case (4, UInt8(ascii: "e")): name.first == UInt8(ascii: "t") && name[1] == UInt8(ascii: "y") ? .type : .time
            case (5, _): .scope
            case (6, _): .source
            case (7, _): .subject
            case (9, _): .operation
            case (10, _): .recordseen
            case (11, UInt8(ascii: "n")): .specversion
            case (11, UInt8(ascii: "t")): .traceparent
            case (13, _): .recordversion
            case (15, _): .datacontenttype
            default: nil
            }
        guard let found, found.isNamed(name) else { return nil }
        self = found
    }

    private func isNamed(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let start = name.baseAddress, name.count == bytes.utf8CodeUnitCount else { return false }
        return memcmp(start, bytes.utf8Start, name.count) == 0
    }

    /// The name on the wire.
    package var name: String { bytes.description }

    private var bytes: StaticString {
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
