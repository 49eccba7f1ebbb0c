import HTTPTypes
import Hummingbird
import NIOCore

/// An answer before it is sent.
struct HubAnswer: Sendable {
    var status: HTTPResponse.Status = .ok
    var mediaType = "application/json"
    var headers: HTTPFields = [:]
    var text: String

    /// One JSON value.
    init(_ status: HTTPResponse.Status = .ok, _ document: HubDocument) {
        self.status = status
        text = document.json
    }

    /// A part of a list.
    init(_ page: HubPage) throws {
        self.init(.ok, try page.document)
    }

    /// Some text.
    init(_ status: HTTPResponse.Status = .ok, _ text: String, mediaType: String) {
        self.status = status
        self.text = text
        self.mediaType = mediaType
    }

    /// What was wrong.
    init(_ problem: HubProblem) {
        status = problem.status
        mediaType = "application/problem+json"
        headers = problem.headers
        text = problem.document.json
    }

    /// As it is sent: nothing of it is for caches or guesses.
    ///
    /// - Parameter method: Of the request; to `HEAD` no body may be sent, whatever the answer is.
    func response(to method: HTTPRequest.Method = .get) -> Response {
        var all = headers
        all[.contentType] = mediaType
        all[.cacheControl] = "no-store"
        all[.xContentTypeOptions] = "nosniff"
        let body = method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(string: text))
        return Response(status: status, headers: all, body: body)
    }
}
