public import Lockstep

extension WebhookRequest {
    /// The event that was posted, in structured mode (CloudEvents HTTP protocol binding 1.0.2, section 3).
    ///
    /// To be called after ``WebhookVerifier/verify(_:at:)``. That covers the body, which is the whole event in structured
    /// mode; in binary mode the attributes are headers, which anybody on the way can change.
    ///
    /// - Parameter allowingBinary: Whether binary mode will do, too.
    /// - Throws: ``WebhookRejection``: 415 where it is no single event in JSON, 400 where something is wrong with it.
    public func event(allowingBinary: Bool = false) throws(WebhookRejection) -> Event {
        if let encoding = self["content-encoding"], encoding.lowercased() != "identity" {
            throw WebhookRejection(415, "the body has a content encoding; it must be plain JSON")
        }
        let type = self["content-type"]?.lowercased() ?? ""
        let isStructured = type.hasPrefix("application/cloudevents")
        guard isStructured ? isJSON(type) && !type.hasPrefix("application/cloudevents-batch") : isBinary(type) else {
            throw WebhookRejection(
                415,
                "not one CloudEvents event in JSON: neither 'application/cloudevents+json', nor 'application/json' "
                    + "with the header 'ce-specversion'")
        }
        guard isStructured || allowingBinary else {
            throw WebhookRejection(
                415,
                "binary mode is not taken in here, since no signature covers the attributes in its headers; post "
                    + "'application/cloudevents+json'")
        }
        do throws(LockstepError) {
            return try isStructured
                ? EventCodec.draft(fromJSON: body, strict: true).received() : binaryDraft().received()
        } catch {
            throw WebhookRejection(400, error.message)
        }
    }

    private func isJSON(_ type: String) -> Bool { EventAttributes.isJSON(type) }

    /// Where there is no data there need not be a type.
    private func isBinary(_ type: String) -> Bool {
        self["ce-specversion"] != nil && (isJSON(type) || type.isEmpty && body.isEmpty)
    }

    private func binaryDraft() throws(LockstepError) -> EventDraft {
        var attributes = EventAttributes()
        for (name, value) in headers where name.hasPrefix("ce-") {
            let attribute = String(name.dropFirst(3))
            guard attributes[attribute] == nil else {
                throw LockstepError(.invalidEvent, "an attribute's header stands there twice; once is enough")
            }
            guard let text = Self.decoded(value) else {
                throw LockstepError(.invalidEvent, "the value of an attribute's header is not percent-encoded UTF-8")
            }
            attributes[attribute] = text
        }
        let hasNone = body.isEmpty && attributes["operation"] == EventOperation.delete.rawValue
        return try attributes.draft(data: hasNone ? nil : try JSONObject(parsing: body))
    }

    /// Reads a header's value (CloudEvents HTTP protocol binding 1.0.2, section 3.1.3.2); nil: it has none.
    static func decoded(_ value: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(value.utf8)[...]
        if rest.count >= 2, rest.first == UInt8(ascii: "\""), rest.last == UInt8(ascii: "\"") {
            rest = rest.dropFirst().dropLast()
        }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard rest.count >= 2, digits.utf8.first != UInt8(ascii: "+"), let code = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
