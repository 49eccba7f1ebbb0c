import Foundation

/// Holds answers against the hub's description.
struct AnswerCheck {
    /// What is answered where no route takes the request.
    private static let answered: Set<Int> = [404, 405]

    private let components: [String: Any]

    init(_ description: [String: Any]) {
        components = (description["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
    }

    /// What is not as it is described; nil: all is.
    func complaint(about answer: HubClient.Answer, to request: RequestFuzzer.Request) -> String? {
        guard answer.status < 500 else { return "the hub's failure" }
        let type = (answer.header("content-type") ?? "").prefix { $0 != ";" }
        guard request.method != "HEAD" else {
            return Self.answered.contains(answer.status) ? nil : "HEAD is not described"
        }
        guard let operation = request.operation else {
            return answer.status < 300 || type == "application/problem+json" ? nil : "no problem but \(type)"
        }
        let responses = operation["responses"] as? [String: [String: Any]] ?? [:]
        guard let response = responses["\(answer.status)"] else {
            // A name in the path may be that of another path.
            return Self.answered.contains(answer.status) ? nil : "the status is not described"
        }
        // The description may name parameters of the type, such as its characters' encoding.
        let content = response["content"] as? [String: [String: Any]] ?? [:]
        guard let described = content.first(where: { $0.key.prefix { $0 != ";" } == type })?.value else {
            return "the media type \(type) is not described"
        }
        guard type.hasSuffix("json") else { return nil }
        guard let json = answer.json else { return "this is no JSON" }
        let schema = described["schema"] as? [String: Any] ?? [:]
        let complaints = SchemaCheck(components: components).complaints(about: json, schema)
        return complaints.isEmpty ? nil : complaints.joined(separator: "; ")
    }
}
