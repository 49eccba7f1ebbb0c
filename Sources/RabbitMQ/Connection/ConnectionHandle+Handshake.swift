import CRabbitMQ

extension ConnectionHandle {
    /// What making a connection brings.
    struct Opened {
        let state: amqp_connection_state_t
        let stream: crabbitmq_stream_t
        let early: [Method]
    }

    /// Connects and logs in.
    ///
    /// - Throws: ``RabbitMQError``; nothing is left of the attempt then.
    static func open(_ endpoint: Endpoint, name: String, heartbeat: Duration, timeout: Duration) throws -> Opened {
        try check(endpoint)
        guard let state = amqp_new_connection() else {
            throw RabbitMQError(.connectionLost, "The process is out of memory: a connection could not be made.")
        }
        do {
            let timeout = Int32(clamping: max(1, Int64(timeout / .milliseconds(1))))
            let stream = try withEndpoint(endpoint, name: name, heartbeat: heartbeat, timeout: timeout) { cEndpoint in
                try connect(state, &cEndpoint, endpoint)
            }
            return Opened(state: state, stream: stream, early: try readBehindLogin(state, timeout: timeout))
        } catch {
            amqp_destroy_connection(state)
            throw error
        }
    }

    private static func connect(
        _ state: amqp_connection_state_t, _ cEndpoint: inout crabbitmq_endpoint_t, _ endpoint: Endpoint
    ) throws -> crabbitmq_stream_t {
        var stream = crabbitmq_stream_t()
        let opened = crabbitmq_open(state, &cEndpoint, &stream)
        guard opened.step == CRABBITMQ_STEP_DONE else { throw RabbitMQError(opened, to: endpoint) }
        let login = crabbitmq_login(state, &cEndpoint)
        guard login.step == CRABBITMQ_STEP_DONE else {
            // A port of TLS breaks off at once; a broker that is slow must not be waited for twice.
            let isBrokenOff = login.reply_code == 0 && login.status != AMQP_STATUS_TIMEOUT.rawValue
            if endpoint.tls == nil, isBrokenOff, crabbitmq_speaks_tls(&cEndpoint) != 0 {
                throw RabbitMQError.speaksTLS(endpoint)
            }
            throw RabbitMQError(login, to: endpoint)
        }
        return stream
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

    private static func withEndpoint<Result>(
        _ endpoint: Endpoint, name: String, heartbeat: Duration, timeout: Int32,
        _ body: (inout crabbitmq_endpoint_t) throws -> Result
    ) throws -> Result {
        let strings = CStrings()
        let tls = endpoint.tls
        var cEndpoint = crabbitmq_endpoint_t(
            host: strings.copy(endpoint.host),
            port: Int32(endpoint.port),
            virtual_host: strings.copy(endpoint.virtualHost),
            user: strings.copy(endpoint.user),
            password: strings.copy(endpoint.password),
            connection_name: strings.copy(name),
            // 0 would turn heartbeats off, and a dead peer would never be noticed.
            heartbeat_seconds: Int32(clamping: max(1, heartbeat.components.seconds)),
            timeout_milliseconds: timeout,
            frame_max: Int32(Self.frameMax),
            use_tls: tls == nil ? 0 : 1,
            ca_file: tls?.caFile.map { strings.copy($0) },
            certificate_file: tls?.certificateFile.map { strings.copy($0) },
            key_file: tls?.keyFile.map { strings.copy($0) },
            verify_peer: tls?.verifyPeer == false ? 0 : 1,
            verify_hostname: tls?.verifyHostname == false ? 0 : 1)
        return try withExtendedLifetime(strings) { try body(&cEndpoint) }
    }
}
