import CRabbitMQ
import EventThread

extension ConnectionHandle {
    /// Connects and logs in; returns the size of the socket's send buffer.
    ///
    /// Blocks for up to twice the time-out, and once more where the login is broken off; name resolution has the system's own.
    ///
    /// - Throws: ``RabbitMQError``; the handle is of no use then.
    func open(
        _ endpoint: Endpoint, connectionName: String, heartbeat: Duration, timeout: Duration, sendBuffer: Int
    ) throws -> Int {
        try Self.check(endpoint)
        return try withEndpoint(
            endpoint, name: connectionName, heartbeat: heartbeat, timeout: timeout
        ) { cEndpoint in
            let opened = crabbitmq_open(state, &cEndpoint)
            guard opened.step == CRABBITMQ_STEP_DONE else { throw RabbitMQError(opened, to: endpoint) }
            let size = crabbitmq_reserve_send_buffer(descriptor, Int32(clamping: sendBuffer))
            watchdog.watch(socket: descriptor)
            let login = watchdog.guarding { crabbitmq_login(state, &cEndpoint) }
            guard login.step == CRABBITMQ_STEP_DONE else {
                // A port of TLS breaks off at once; a broker that is slow must not be waited for twice.
                let isBrokenOff = login.reply_code == 0 && login.status != AMQP_STATUS_TIMEOUT.rawValue
                if endpoint.tls == nil, isBrokenOff, crabbitmq_speaks_tls(&cEndpoint) != 0 {
                    throw RabbitMQError.speaksTLS(endpoint)
                }
                throw RabbitMQError(login, to: endpoint)
            }
            return Int(size)
        }
    }

    /// What librabbitmq would only say as "a SSL error occurred".
    private static func check(_ endpoint: Endpoint) throws {
        for (text, what) in [
            (endpoint.host, "host"), (endpoint.virtualHost, "virtual host"), (endpoint.user, "user"),
            (endpoint.password, "password"),
        ] where text.utf8.contains(0) {
            throw RabbitMQError(.configuration, "The \(what) of \(endpoint) holds a NUL byte.")
        }
        guard let tls = endpoint.tls else { return }
        if tls.verifyPeer, tls.caFile == nil {
            throw RabbitMQError(
                .configuration,
                "\(endpoint) is spoken to by TLS, but no file of trusted authorities is named, and there is no default. "
                    + "Name a PEM file (caFile), such as /etc/ssl/certs/ca-certificates.crt.")
        }
        if (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw RabbitMQError(
                .configuration, "A client certificate for \(endpoint) needs both its file and the file of its key.")
        }
    }

    private func withEndpoint<Result>(
        _ endpoint: Endpoint, name: String, heartbeat: Duration, timeout: Duration,
        _ body: (inout crabbitmq_endpoint_t) throws -> Result
    ) throws -> Result {
        defer { arena.recycle() }
        let tls = endpoint.tls
        var cEndpoint = crabbitmq_endpoint_t(
            host: arena.cString(endpoint.host),
            port: Int32(endpoint.port),
            virtual_host: arena.cString(endpoint.virtualHost),
            user: arena.cString(endpoint.user),
            password: arena.cString(endpoint.password),
            connection_name: arena.cString(name),
            // 0 would turn heartbeats off, and a dead peer would never be noticed.
            heartbeat_seconds: Int32(clamping: max(1, heartbeat.components.seconds)),
            timeout_milliseconds: Int32(clamping: max(1, Int64(timeout / .milliseconds(1)))),
            frame_max: Int32(Self.frameMax),
            use_tls: tls == nil ? 0 : 1,
            ca_file: tls?.caFile.map { arena.cString($0) },
            certificate_file: tls?.certificateFile.map { arena.cString($0) },
            key_file: tls?.keyFile.map { arena.cString($0) },
            verify_peer: tls?.verifyPeer == false ? 0 : 1,
            verify_hostname: tls?.verifyHostname == false ? 0 : 1)
        return try body(&cEndpoint)
    }
}
