import Hummingbird
import NIOCore

/// Reads a request's body, as large and as long as it may be.
struct BodyReading {
    let limits: RequestLimits

    /// The body's bytes.
    ///
    /// - Throws: ``HubProblem``: too large, or too slow.
    func bytes(of request: Request) async throws -> [UInt8] {
        let size = limits.size
        let tooLarge = HubProblem(
            .contentTooLarge, "The body has more than \(size) bytes; send less at once, or raise hub.requests.size.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > size { throw tooLarge }
        let (body, patience) = (request.body, limits.patience)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await part in body {
                    guard bytes.count + part.readableBytes <= size else { throw tooLarge }
                    bytes.append(contentsOf: part.readableBytesView)
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw HubProblem(
                    .requestTimeout, "The body did not come to its end in \(patience.components.seconds) s.")
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() else { preconditionFailure("two tasks were added") }
            return bytes
        }
    }
}
