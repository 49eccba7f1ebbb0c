package import Foundation

/// Certificates for one test, made by `openssl` in its directory.
package struct Certificates {
    private let directory: URL

    /// A certificate and its key, as files.
    package struct Pair: Sendable {
        package let certificate: String
        package let key: String
    }

    /// Makes the authority `authority`.
    package init(in directory: URL) throws {
        self.directory = directory
        _ = try makeAuthority("authority")
    }

    /// The certificate of the trusted authority.
    package var authority: String { pair("authority").certificate }

    /// A certificate for a host.
    package func server(_ host: String = "localhost", days: Int = 1, signedBy authority: String = "authority") throws
        -> Pair
    {
        try sign("server-\(UUID().uuidString)", commonName: host, days: days, signedBy: authority)
    }

    /// A certificate that shows who the client is.
    package func client(signedBy authority: String = "authority") throws -> Pair {
        try sign("client-\(authority)", commonName: "client", days: 1, signedBy: authority)
    }

    /// A certificate that no authority signed.
    package func selfSigned() throws -> Pair { try makeAuthority("localhost") }

    /// Another authority; only its name is returned.
    package func unknownAuthority() throws -> String {
        _ = try makeAuthority("unknown")
        return "unknown"
    }

    private func pair(_ name: String) -> Pair {
        Pair(
            certificate: directory.appending(path: "\(name).pem").path,
            key: directory.appending(path: "\(name).key").path)
    }

    private func makeAuthority(_ name: String) throws -> Pair {
        let pair = pair(name)
        try openssl(
            ["req", "-x509", "-days", "1", "-out", pair.certificate, "-keyout", pair.key, "-subj", "/CN=\(name)"]
                + Self.newKey)
        return pair
    }

    private func sign(_ name: String, commonName: String, days: Int, signedBy authority: String) throws -> Pair {
        let (pair, authority) = (pair(name), self.pair(authority))
        let request = directory.appending(path: "\(name).csr").path
        let extensions = directory.appending(path: "\(name).ext")
        try Data("subjectAltName=DNS:\(commonName)\n".utf8).write(to: extensions)
        try openssl(["req", "-out", request, "-keyout", pair.key, "-subj", "/CN=\(commonName)"] + Self.newKey)
        try openssl([
            "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial",
            "-days", "\(days)", "-extfile", extensions.path, "-out", pair.certificate,
        ])
        return pair
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func openssl(_ arguments: [String]) throws {
        guard try ShortProgram.run("/usr/bin/openssl", arguments).status == 0 else {
            throw OpenSSLFailed(arguments: arguments)
        }
    }
}

/// `openssl` did not do what it was asked.
struct OpenSSLFailed: Error {
    let arguments: [String]
}
