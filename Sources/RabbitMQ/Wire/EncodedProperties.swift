/// What stands at the front of a received message's properties, as it came: borrowed memory, for the time of a call.
///
/// For readers of many messages that want a few headers and no values of their own; see
/// ``Message/withEncodedProperties(_:)``.
public struct EncodedProperties {
    /// The UTF-8 of the media type, `nil` where there is none.
    public let contentType: UnsafeRawBufferPointer?
    /// The UTF-8 of the encoding, `nil` where there is none.
    public let contentEncoding: UnsafeRawBufferPointer?
    /// The headers, in the order in which they came; a name may come twice.
    public let headers: EncodedHeaders

    init(_ bytes: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        let flags = try reader.propertyFlags()
        contentType = flags.contains(.contentType) ? try reader.shortBytes() : nil
        contentEncoding = flags.contains(.contentEncoding) ? try reader.shortBytes() : nil
        headers = EncodedHeaders(
            bytes: flags.contains(.headers) ? try reader.longBytes() : UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

/// A message's headers as they came.
public struct EncodedHeaders: Sequence {
    fileprivate let bytes: UnsafeRawBufferPointer

    /// A header.
    public struct Element {
        /// The name's UTF-8.
        public let name: UnsafeRawBufferPointer
        /// The bytes of a text (AMQP's long string, whether it is UTF-8 or not); `nil` where the value is none.
        public let text: UnsafeRawBufferPointer?
        /// Kind and value.
        fileprivate let field: UnsafeRawBufferPointer

        /// The value.
        public var value: FieldValue {
            var reader = WireReader(field)
            var ignored = false
            return (try? reader.value(depth: 1, wasTruncated: &ignored)) ?? .void
        }
    }

    /// Reads one header after the other.
    public struct Iterator: IteratorProtocol {
        private let bytes: UnsafeRawBufferPointer
        private var reader: WireReader

        fileprivate init(_ bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
            reader = WireReader(bytes)
        }

        public mutating func next() -> Element? {
            guard !reader.isAtEnd else { return nil }
            do {
                let name = try reader.shortBytes()
                let start = reader.position
                var text: UnsafeRawBufferPointer?
                if bytes[start] == UInt8(ascii: "S") {
                    _ = try reader.octet()
                    text = try reader.longBytes()
                } else {
                    _ = try reader.passValue(depth: 1)
                }
                let field = UnsafeRawBufferPointer(rebasing: bytes[start..<reader.position])
                return Element(name: name, text: text, field: field)
            } catch {
                preconditionFailure("Properties are looked over when they arrive.")
            }
        }
    }

    public func makeIterator() -> Iterator { Iterator(bytes) }
}

extension Message {
    /// Lends the message's properties as they came, or as they would be sent where somebody made the message.
    ///
    /// - Throws: ``RabbitMQError`` where somebody made headers that cannot be sent, or what `body` throws.
    public func withEncodedProperties<Result>(_ body: (EncodedProperties) throws -> Result) throws -> Result {
        try box.withEncoded { bytes in
            guard let properties = try? EncodedProperties(bytes) else {
                preconditionFailure("Properties are looked over when they arrive.")
            }
            return try body(properties)
        }
    }
}
