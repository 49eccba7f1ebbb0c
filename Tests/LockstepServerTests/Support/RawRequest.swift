import Foundation

/// A request written byte by byte, for what no client sends.
enum RawRequest {
    /// Sends the bytes, and hands over all that comes back until the server closes, or is silent for 20 seconds.
    static func answer(to text: String, port: Int) async throws -> String {
        let connection = try RawConnection(port: port)
        connection.send(text)
        var (answer, more) = ("", "")
        repeat {
            more = await connection.answer(within: 20_000)
            answer += more
        } while !more.isEmpty
        return answer
    }
}
