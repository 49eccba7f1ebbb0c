/// Runs the closure with a proxy in front of a broker, and ends the proxy with all its connections afterwards.
///
/// - Parameters:
///   - port: The broker's port.
///   - host: The broker's host.
///   - receiveBuffer: The size of the system's buffer for what a client sends, in bytes (`SO_RCVBUF`); a small one is
///     full sooner when the proxy does not read.
///   - body: Gets the proxy, which listens and has no faults.
/// - Throws: What the closure throws, or `IOError` when the proxy cannot listen.
public func withFaultProxy<R>(
    to port: Int, host: String = "127.0.0.1", receiveBuffer: Int? = nil,
    _ body: (FaultProxy) async throws -> R
) async throws -> R {
    let proxy = try FaultProxy(to: host, port: port, receiveBuffer: receiveBuffer)
    try await proxy.accept()
    let result: Result<R, any Error>
    do {
        result = .success(try await body(proxy))
    } catch {
        result = .failure(error)
    }
    // Also where the test was cancelled.
    await Task { await proxy.shutDown() }.value
    return try result.get()
}
