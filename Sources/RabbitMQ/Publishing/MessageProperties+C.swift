import CRabbitMQ

extension MessageProperties {
    /// Copies properties out of librabbitmq's memory.
    ///
    /// A field counts only where its flag is set: the memory is recycled, and what is not set is a left-over.
    init(_ properties: amqp_basic_properties_t, wasTruncated: inout Bool) {
        let flags = Int32(bitPattern: properties._flags)
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            flags & flag != 0 ? String(bytes) : nil
        }
        self.init(
            contentType: text(AMQP_BASIC_CONTENT_TYPE_FLAG, properties.content_type),
            contentEncoding: text(AMQP_BASIC_CONTENT_ENCODING_FLAG, properties.content_encoding),
            headers: flags & AMQP_BASIC_HEADERS_FLAG != 0
                ? FieldTable(properties.headers, wasTruncated: &wasTruncated) : FieldTable(),
            // RabbitMQ takes a message that does not say so as transient.
            deliveryMode: flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0
                ? DeliveryMode(rawValue: properties.delivery_mode) ?? .transient : .transient,
            priority: flags & AMQP_BASIC_PRIORITY_FLAG != 0 ? properties.priority : nil,
            correlationID: text(AMQP_BASIC_CORRELATION_ID_FLAG, properties.correlation_id),
            replyTo: text(AMQP_BASIC_REPLY_TO_FLAG, properties.reply_to),
            expiration: text(AMQP_BASIC_EXPIRATION_FLAG, properties.expiration),
            messageID: text(AMQP_BASIC_MESSAGE_ID_FLAG, properties.message_id),
            timestamp: flags & AMQP_BASIC_TIMESTAMP_FLAG != 0 ? properties.timestamp : nil,
            type: text(AMQP_BASIC_TYPE_FLAG, properties.type),
            userID: text(AMQP_BASIC_USER_ID_FLAG, properties.user_id),
            appID: text(AMQP_BASIC_APP_ID_FLAG, properties.app_id))
    }

    /// Writes the properties into the arena.
    func encoded(in arena: borrowing Arena) throws -> amqp_basic_properties_t {
        var properties = amqp_basic_properties_t()
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
        properties.delivery_mode = deliveryMode.rawValue

        if let text = contentType {
            properties.content_type = arena.bytes(text)
            flags |= AMQP_BASIC_CONTENT_TYPE_FLAG
        }
        if let text = contentEncoding {
            properties.content_encoding = arena.bytes(text)
            flags |= AMQP_BASIC_CONTENT_ENCODING_FLAG
        }
        if !headers.isEmpty {
            properties.headers = try headers.encoded(in: arena)
            flags |= AMQP_BASIC_HEADERS_FLAG
        }
        if let priority {
            properties.priority = priority
            flags |= AMQP_BASIC_PRIORITY_FLAG
        }
        if let text = correlationID {
            properties.correlation_id = arena.bytes(text)
            flags |= AMQP_BASIC_CORRELATION_ID_FLAG
        }
        if let text = replyTo {
            properties.reply_to = arena.bytes(text)
            flags |= AMQP_BASIC_REPLY_TO_FLAG
        }
        if let text = expiration {
            properties.expiration = arena.bytes(text)
            flags |= AMQP_BASIC_EXPIRATION_FLAG
        }
        if let text = messageID {
            properties.message_id = arena.bytes(text)
            flags |= AMQP_BASIC_MESSAGE_ID_FLAG
        }
        if let timestamp {
            properties.timestamp = timestamp
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
        }
        if let text = type {
            properties.type = arena.bytes(text)
            flags |= AMQP_BASIC_TYPE_FLAG
        }
        if let text = userID {
            properties.user_id = arena.bytes(text)
            flags |= AMQP_BASIC_USER_ID_FLAG
        }
        if let text = appID {
            properties.app_id = arena.bytes(text)
            flags |= AMQP_BASIC_APP_ID_FLAG
        }
        properties._flags = amqp_flags_t(bitPattern: flags)
        return properties
    }

    /// Every text of one byte of length, by what an error calls it.
    var shortStrings: [(name: String, text: String?)] {
        [
            ("content type", contentType), ("content encoding", contentEncoding), ("correlation id", correlationID),
            ("reply-to", replyTo), ("expiration", expiration), ("message id", messageID), ("type", type),
            ("user id", userID), ("app id", appID),
        ]
    }
}
