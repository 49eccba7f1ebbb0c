/// What can be booked once at a time: an inspector, a room, a vehicle.
///
/// Names are the same if their bytes are; upper and lower case differ.
public struct BookingResource: Sendable, CustomStringConvertible {
    /// Its name.
    public let text: String

    /// A resource of this name.
    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }
}

extension BookingResource: Hashable, Comparable {
    public static func == (left: BookingResource, right: BookingResource) -> Bool {
        ByteOrder.equal(left.text, right.text)
    }

    public static func < (left: BookingResource, right: BookingResource) -> Bool {
        ByteOrder.precedes(left.text, right.text)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
