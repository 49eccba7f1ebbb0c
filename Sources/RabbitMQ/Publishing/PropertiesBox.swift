import Synchronization

/// A message's properties behind a pointer: large, passed on often and changed rarely.
///
/// Those that were received are kept as they came, and made into values when somebody asks for the first time: on the
/// asking thread, not on the connection's.
final class PropertiesBox: Sendable {
    /// Properties as values.
    private final class Values: Sendable {
        let properties: MessageProperties

        init(_ properties: MessageProperties) { self.properties = properties }
    }

    /// The bytes that were received; empty where somebody made the properties.
    private let encoded: [UInt8]
    /// Whether headers were nested too deep and are cut where they are made into values.
    let wereTruncated: Bool
    private let made = AtomicLazyReference<Values>()

    /// Properties that somebody made.
    init(_ properties: MessageProperties) {
        encoded = []
        wereTruncated = false
        _ = made.storeIfNil(Values(properties))
    }

    /// Properties that were received.
    ///
    /// - Throws: where the bytes are no properties.
    init(received bytes: UnsafeRawBufferPointer) throws(WireReader.Malformed) {
        wereTruncated = try MessageProperties.validate(bytes)
        encoded = [UInt8](bytes)
    }

    /// The properties.
    var value: MessageProperties {
        _read { yield values.properties }
    }

    private var values: Values {
        if let values = made.load() { return values }
        var ignored = false
        let properties = encoded.withUnsafeBytes { bytes in
            do {
                return try MessageProperties(bytes, wasTruncated: &ignored)
            } catch {
                preconditionFailure("Properties are looked over when they arrive.")
            }
        }
        // Of two threads that ask at the same time both have made the same.
        return made.storeIfNil(Values(properties))
    }

    /// Lends the properties' bytes.
    ///
    /// - Throws: ``RabbitMQError`` where they were made and cannot be written, or what `body` throws.
    func withEncoded<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        guard encoded.isEmpty else { return try encoded.withUnsafeBytes(body) }
        var writer = WireWriter()
        try value.write(to: &writer)
        return try body(writer.pending)
    }
}
