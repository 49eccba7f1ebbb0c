import Testing

@testable import RabbitMQ

struct EndpointTests {
    @Test(arguments: [
        ("amqp://localhost", Endpoint()),
        ("amqp://u:p@h:1234/v", Endpoint(host: "h", port: 1234, virtualHost: "v", user: "u", password: "p")),
        ("amqp://u@h", Endpoint(host: "h", user: "u")),
        ("amqp://u:@h", Endpoint(host: "h", user: "u", password: "")),
        ("amqp://h/", Endpoint(host: "h")),
        ("amqp://h/%2F", Endpoint(host: "h")),
        ("amqp://h/a%2Fb%20c", Endpoint(host: "h", virtualHost: "a/b c")),
        ("amqp://u%40x:p%3A%2F%25@h", Endpoint(host: "h", user: "u@x", password: "p:/%")),
        ("amqp://u:p@ss@h", Endpoint(host: "h", user: "u", password: "p@ss")),
        ("amqp://[::1]:5673/v", Endpoint(host: "::1", port: 5673, virtualHost: "v")),
        ("amqp://[fe80::1]", Endpoint(host: "fe80::1")),
        ("AMQPS://h", Endpoint(host: "h", port: 5671, tls: TLSOptions())),
        ("amqps://h:443", Endpoint(host: "h", port: 443, tls: TLSOptions())),
    ])
    func readsURLs(url: String, expected: Endpoint) throws {
        #expect(try Endpoint(url: url) == expected)
    }

    @Test(arguments: [
        "", "localhost", "http://h", "amqp:h", "amqp://", "amqp://u:p@", "amqp://h:0", "amqp://h:65536", "amqp://h:x",
        "amqp://h/a/b", "amqp://h/?x=1", "amqp://h/#f", "amqp://[::1", "amqp://[::1]x", "amqp://h/%", "amqp://h/%g0",
        "amqp://h/%00", "amqp://h/%FF", "amqp://h:",
    ])
    func refusesWhatIsNoURL(url: String) {
        #expect(throws: RabbitMQError.self) { try Endpoint(url: url) }
    }

    @Test
    func showsThePasswordNowhere() throws {
        let endpoint = try Endpoint(url: "amqp://u:secret@[::1]/v")
        #expect(endpoint.description == "amqp://u@[::1]:5672/v")
        var dumped = ""
        dump(endpoint, to: &dumped)
        for shown in ["\(endpoint)", String(reflecting: endpoint), dumped, "\([endpoint])"] {
            #expect(!shown.contains("secret"))
        }
        #expect {
            try Endpoint(url: "amqp://u:secret@h:x")
        } throws: { error in
            !"\(error)".contains("secret")
        }
    }
}
