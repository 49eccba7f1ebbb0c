import CRabbitMQ

extension RabbitMQError {
    /// The error for an attempt to connect that failed.
    init(_ result: crabbitmq_result_t, to endpoint: Endpoint, file: String = #fileID, line: Int = #line) {
        let (code, message) =
            result.reply_code != 0
            ? Self.refusal(Int(result.reply_code), Self.text(of: result), endpoint)
            : Self.failure(result, endpoint)
        self.init(code, message, file: file, line: line)
    }

    /// The error for plain AMQP at a port of TLS.
    static func speaksTLS(_ endpoint: Endpoint, file: String = #fileID, line: Int = #line) -> RabbitMQError {
        RabbitMQError(
            .tls,
            "The port of \(endpoint) speaks TLS, and plain AMQP was spoken to it. Use amqps:// and a file of trusted "
                + "authorities, or the broker's plain port.",
            file: file, line: line)
    }

    private static func text(of result: crabbitmq_result_t) -> String {
        withUnsafeBytes(of: result.reply_text) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The broker was reached and said no.
    private static func refusal(_ code: Int, _ text: String, _ endpoint: Endpoint) -> (Code, String) {
        switch code {
        case 403:
            return (
                .authenticationFailed,
                "The broker at \(endpoint) does not know this user and password. Check them, and that the user may "
                    + "log in from here (guest may only from the broker's own machine)."
            )
        // One code for three things; only the words tell them apart.
        case 530 where text.contains("connection limit"):
            return (.connectionRefused, "The broker at \(endpoint) takes no more connections: \(text)")
        case 530 where text.contains("not found"):
            return (
                .vhostNotFound,
                "The virtual host of \(endpoint) does not exist: \(text). Create it, or correct the URL."
            )
        case 530:
            return (
                .accessRefused,
                "The user of \(endpoint) has no permissions in that virtual host: \(text). Set them at the broker."
            )
        default:
            return (.connectionRefused, "The broker at \(endpoint) refused the connection with \(code): \(text)")
        }
    }

    /// The broker was not reached, or what answered was no broker.
    private static func failure(_ result: crabbitmq_result_t, _ endpoint: Endpoint) -> (Code, String) {
        let words = amqp_error_string2(result.status).map { String(cString: $0) } ?? "unknown error"
        if let rejection = rejection(result, endpoint) { return (.tls, rejection) }
        switch (result.step, amqp_status_enum(result.status)) {
        case (CRABBITMQ_STEP_CA_FILE, _):
            return (
                .configuration,
                "The file of trusted authorities for \(endpoint) cannot be used. It must be readable PEM."
            )
        case (CRABBITMQ_STEP_CERTIFICATE, _):
            return (
                .configuration,
                "The client certificate for \(endpoint) or its key cannot be used. Both must be readable PEM and "
                    + "belong together; the key without a passphrase."
            )
        case (_, AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED):
            return (
                .tls,
                "The certificate of \(endpoint) is for another host name. Connect by a name that it bears; an IP "
                    + "address is never matched. Nothing secret was sent."
            )
        case (_, AMQP_STATUS_SSL_PEER_VERIFY_FAILED):
            return (.tls, distrust(result, endpoint))
        case (_, AMQP_STATUS_SSL_CONNECTION_FAILED):
            return (
                .tls,
                "\(endpoint) did not shake hands in TLS 1.2 or newer\(reason(result)). Perhaps the port speaks plain "
                    + "AMQP, or the broker demands a client certificate."
            )
        // The end of the connection may overtake the alert that says why.
        case (CRABBITMQ_STEP_LOGIN, AMQP_STATUS_SSL_ERROR):
            return (
                .tls,
                "\(endpoint) ended TLS right after the handshake. Most likely it "
                    + (endpoint.tls?.certificateFile == nil
                        ? "demands a client certificate." : "does not know the authority of the client certificate.")
            )
        case (_, AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED):
            return (.connectionRefused, "The host name of \(endpoint) cannot be resolved. Check it, and DNS.")
        case (CRABBITMQ_STEP_CONNECT, AMQP_STATUS_TIMEOUT):
            return (.timeout, "\(endpoint) did not answer in time. Check the address and firewalls.")
        case (CRABBITMQ_STEP_LOGIN, AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD):
            return (
                .authenticationFailed,
                "The broker at \(endpoint) takes no login by user and password. Enable the mechanism PLAIN there."
            )
        case (CRABBITMQ_STEP_LOGIN, AMQP_STATUS_TIMEOUT):
            return (
                .timeout,
                "\(endpoint) took the connection but does not speak. The broker may be overloaded, or the port speaks "
                    + "something else, TLS for instance."
            )
        case (CRABBITMQ_STEP_CONNECT, _):
            return (.connectionRefused, "Nobody answers at \(endpoint) (\(words)). Is the broker running there?")
        default:
            return (.connectionLost, "\(endpoint) broke off the login (\(words)). Does the port speak AMQP 0-9-1?")
        }
    }

    /// What the broker has against the client's certificate, by the alert that it sent; `nil` for any other.
    private static func rejection(_ result: crabbitmq_result_t, _ endpoint: Endpoint) -> String? {
        let advice: String
        switch result.tls_alert {
        case 45: advice = "The client certificate has expired: it needs a new one."
        case 48:
            advice =
                "It does not know the authority of the client certificate: show one that it trusts, or add the authority "
                + "to the broker's own file of authorities."
        case 42, 43, 44, 46:
            advice = "It does not accept the client certificate: check what it is for, and the broker's log."
        case 116: advice = "It demands a client certificate: name the files of one and of its key."
        default: return nil
        }
        return "\(endpoint) ended TLS\(reason(result)). \(advice) Nothing secret was sent."
    }

    /// Why a certificate is not trusted, by the numbers of OpenSSL (`x509_vfy.h`).
    private static func distrust(_ result: crabbitmq_result_t, _ endpoint: Endpoint) -> String {
        let advice =
            switch result.verify_error {
            case 9: "It is not valid yet: check its dates and this machine's clock."
            case 10: "It has expired: the broker needs a new one; or this machine's clock is wrong."
            case 18:
                "It is self-signed: name the certificate itself as the file of authorities, or use one that an authority signed."
            case 2, 19, 20, 21:
                "Its authority is unknown: add that to the file of authorities, or check who answers there."
            default: "Check the file of authorities and the certificate."
            }
        return "The certificate of \(endpoint) is not trusted\(reason(result)). \(advice) Nothing secret was sent."
    }

    /// OpenSSL's words, in parentheses.
    private static func reason(_ result: crabbitmq_result_t) -> String {
        result.tls_reason.map { " (\(String(cString: $0)))" } ?? ""
    }
}
