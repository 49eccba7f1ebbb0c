import CRabbitMQ
import EventThread

@testable import RabbitMQ

/// Decodes on a thread like the one that a connection has.
actor DecodingThread {
    private let thread = EventThread(name: "decoding")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func decode(_ wire: [UInt8]) -> (FieldTable, truncated: Bool)? {
        var wire = wire
        var pool = amqp_pool_t()
        init_amqp_pool(&pool, 4_096)
        defer { empty_amqp_pool(&pool) }
        return wire.withUnsafeMutableBytes { bytes in
            var table = amqp_table_t()
            var offset = 0
            let encoded = amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress)
            guard amqp_decode_table(encoded, &pool, &table, &offset) == AMQP_STATUS_OK.rawValue else { return nil }
            var truncated = false
            return (FieldTable(table, wasTruncated: &truncated), truncated)
        }
    }
}
