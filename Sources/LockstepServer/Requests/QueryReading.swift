import Foundation
import HTTPTypes

/// Reads a URL's query into the parameters that a route has.
struct QueryReading {
    let parameters: [HubRoute.Parameter]

    /// The values by name.
    ///
    /// - Throws: ``HubProblem`` for a parameter that is unknown, there twice, or not what it should be.
    func values(_ query: String?) throws -> [String: String] {
        var values: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "") else {
                throw HubProblem(.badRequest, "The query is not percent-encoded UTF-8.")
            }
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                let known = parameters.map(\.name).joined(separator: ", ")
                throw HubProblem(
                    .badRequest,
                    "There is no parameter '\(name.prefix(64))' here"
                        + (known.isEmpty ? ", nor any other." : "; there are \(known)."))
            }
            guard parameter.accepts(value) else {
                throw HubProblem(.badRequest, "The parameter '\(name)' needs \(parameter.form).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw HubProblem(.badRequest, "The parameter '\(name)' is there twice; give it once.")
            }
        }
        return values
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: "%20").removingPercentEncoding
    }
}
