import CRabbitMQ
import Glibc
import Testing

/// The process may end while threads of connections are at work: OpenSSL must not take its memory from under them.
struct ExitTests {
    @Test(arguments: [0, 1])
    func openSSLCleansNothingUpWhenTheProcessEnds(usesTLS: Int32) async {
        await #expect(processExitsWith: .success) { [usesTLS = usesTLS as Int32] in
            // The last one that is registered is called first: this one sees what OpenSSL's own did.
            atexit {
                typealias Start = @convention(c) (UInt64, OpaquePointer?) -> Int32
                // Says 0 where the library has been cleaned up.
                let start = unsafeBitCast(dlsym(nil, "OPENSSL_init_crypto"), to: Start.self)
                if start(0, nil) == 0 { _exit(1) }
            }
            guard let connection = amqp_new_connection() else { exit(2) }
            "127.0.0.1".withCString { host in
                var endpoint = crabbitmq_endpoint_t()
                endpoint.host = host
                // Nobody listens there.
                endpoint.port = 1
                endpoint.timeout_milliseconds = 1_000
                endpoint.use_tls = usesTLS
                var stream = crabbitmq_stream_t()
                guard crabbitmq_open(connection, &endpoint, &stream).step == CRABBITMQ_STEP_CONNECT else { exit(3) }
            }
            amqp_destroy_connection(connection)
            exit(0)
        }
    }
}
