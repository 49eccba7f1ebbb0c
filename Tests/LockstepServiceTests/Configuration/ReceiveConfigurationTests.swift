import Lockstep
import LockstepService
import Testing

@Suite("What an office's configuration says of receiving", .timeLimit(.minutes(1)))
struct ReceiveConfigurationTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private static func office(_ receive: String) -> String { "offices:\n  ward-3:\n    receive: \(receive)\n" }

    @Test("it needs no events, and listens on this machine")
    func defaults() async throws {
        let loaded = try await load(Self.office("{ secret: \"${S}\" }"), variables: ["S": Self.secret])
        let configuration = try #require(loaded.configuration, "\(loaded.problems)")
        let office = try #require(configuration.offices.first?.office)
        let receive = try #require(configuration.receivers[office])
        #expect(receive.listen == ListenAddress(host: "127.0.0.1", port: 8471))
        #expect(receive.path == "/sync_callback" && receive.secrets.count == 1 && receive.tolerance == .seconds(300))
        #expect(!receive.allowsBinary, "what no signature covers is taken in only where that is said")
        let binary = try await load(Self.office("{ binary: true }"))
        #expect(binary.configuration?.receivers.values.first?.allowsBinary == true)
    }

    @Test("a file has one secret a line")
    func secretFile() async throws {
        let files = ["secrets": "\(Self.secret)\n\nwhsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n", "bad": "hunter2\n"]
        let loaded = try await load(Self.office("{ secretFile: secrets }"), files: files)
        #expect(loaded.configuration?.receivers.values.first?.secrets.count == 2)
        let bad = try await load(Self.office("{ secretFile: bad }"), files: files)
        #expect(bad.problems.count == 1 && bad.problems.first?.contains("hunter2") == false)
    }

    @Test(
        "what is refused",
        arguments: [
            ("{ secret: \(secret) }", "plain text"),
            ("{ listen: \"0.0.0.0:8471\" }", "can be reached from other machines"),
            ("{ listen: \"8471\" }", "needs a host and a port"), ("{ path: callback }", "needs a path"),
            ("{ path: /healthz }", "needs a path"), ("{ tls: { certificate: here.pem } }", "both"),
            ("{ secrets: [\"${S}\"], secretFile: x }", "keep one of"), ("{ adress: \"127.0.0.1:1\" }", "unknown key"),
        ])
    func refused(_ receive: String, _ why: String) async throws {
        let loaded = try await load(Self.office(receive), variables: ["S": Self.secret])
        #expect(loaded.configuration == nil)
        #expect(loaded.problems.contains { $0.contains(why) }, "\(loaded.problems)")
        #expect(!loaded.problems.contains { $0.contains("MfKQ9r8") })
    }

    @Test("an address that others reach is taken with TLS, or an explicit word")
    func exposed() async throws {
        let tls = try await load(
            Self.office("{ listen: \"0.0.0.0:8471\", tls: { certificate: a.pem, key: a.key } }"),
            files: ["a.pem": "", "a.key": ""])
        #expect(tls.configuration != nil, "\(tls.problems)")
        let said = try await load(Self.office("{ listen: \"0.0.0.0:8471\", exposed: true }"))
        #expect(said.configuration != nil, "\(said.problems)")
    }
}
