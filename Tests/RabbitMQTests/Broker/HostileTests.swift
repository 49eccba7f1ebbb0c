import CRabbitMQ
import EventThread
import LockstepTesting
import Testing

@testable import RabbitMQ

/// What other publishers may put into a queue.
@Suite(.timeLimit(.minutes(2)))
struct HostileTests {
    /// Nearly a frame of tables in tables; the client itself would refuse to publish it.
    @Test
    func headersNestedBeyondReasonArriveCutAndHurtNobody() async throws {
        try await SharedBroker.withVirtualHost { host in
            try await withClient(url: host.amqpURL) { client in
                try await client.declare(Topology(queues: [.quorum("q")]))
                try await RawPublisher().publish(
                    headersNested: 18_000, to: "q", endpoint: try Endpoint(url: host.amqpURL))
                try await client.fill("q", ["innocent"])
                let seen = Collected<Delivery>()
                _ = try await client.get(from: "q", limit: 2) { deliveries in
                    seen.append(deliveries)
                    return [.reject, .ack]
                }
                #expect(seen.all.map(\.headersWereTruncated) == [true, false])
                #expect(seen.all.map(\.message.text) == ["deep", "innocent"])
                #expect(client.status.consuming.connects == 1)
            }
        }
    }
}

/// Publishes what the client does not, on a thread with a large stack: librabbitmq recurses as it encodes.
private actor RawPublisher {
    private let thread = EventThread(name: "raw")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func publish(headersNested depth: Int, to queue: String, endpoint: Endpoint) throws {
        let handle = try ConnectionHandle(
            endpoint, connectionName: "raw", heartbeat: .seconds(10), timeout: .seconds(5))
        amqp_channel_open(handle.state, 1)
        amqp_confirm_select(handle.state, 1)
        let strings = CStrings()
        let key = amqp_cstring_bytes(strings.copy("a"))
        var tables: [UnsafeMutablePointer<amqp_table_entry_t>] = []
        defer { for table in tables { table.deallocate() } }
        var table = amqp_table_t()
        for _ in 0..<depth {
            var field = amqp_field_value_t()
            field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
            field.value.table = table
            let entry = UnsafeMutablePointer<amqp_table_entry_t>.allocate(capacity: 1)
            tables.append(entry)
            entry.initialize(to: amqp_table_entry_t(key: key, value: field))
            table = amqp_table_t(num_entries: 1, entries: entry)
        }
        var properties = amqp_basic_properties_t()
        properties._flags = amqp_flags_t(bitPattern: AMQP_BASIC_HEADERS_FLAG)
        properties.headers = table
        let status = withExtendedLifetime(strings) {
            amqp_basic_publish(
                handle.state, 1, amqp_bytes_t(), amqp_cstring_bytes(strings.copy(queue)), 1, 0, &properties,
                amqp_cstring_bytes(strings.copy("deep")))
        }
        try #require(status == AMQP_STATUS_OK.rawValue)
        // The confirm is the first frame that comes back.
        var frame = amqp_frame_t()
        try #require(amqp_simple_wait_frame(handle.state, &frame) == AMQP_STATUS_OK.rawValue)
        try #require(frame.payload.method.id == MethodID.basicAck.rawValue)
    }
}
