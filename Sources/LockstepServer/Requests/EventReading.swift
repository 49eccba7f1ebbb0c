import Foundation
import HTTPTypes
import Lockstep

/// Reads the events of a request, as CloudEvents' HTTP binding has them.
///
/// See CloudEvents 1.0, HTTP Protocol Binding, section 3, and JSON Event Format, section 4 on batches.
struct EventReading {
    static let structured = "application/cloudevents+json"
    static let batch = "application/cloudevents-batch+json"
    /// How many events a batch has at most.
    static let longestBatch = 1_000

    private static let prefix = "ce-"

    let headers: HTTPFields
    let body: [UInt8]

    /// The events.
    ///
    /// - Throws: ``HubProblem`` that names what is wrong with each.
    func drafts() throws -> [EventDraft] {
        switch mediaType {
        case Self.structured: return [try EventCodec.draft(fromJSON: body, strict: true)]
        case Self.batch: return try batch()
        default: return [try binary()]
        }
    }

    private var mediaType: String {
        (headers[.contentType] ?? "").prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    }

    private func batch() throws -> [EventDraft] {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw HubProblem(.badRequest, "The batch is not UTF-8.")
        }
        guard let elements = try JSONText(parsing: text).elements else {
            throw HubProblem(
                .badRequest, "A batch is a JSON array of events (CloudEvents 1.0, JSON format, section 4).")
        }
        guard elements.count <= Self.longestBatch else {
            throw HubProblem(
                .contentTooLarge,
                "The batch has \(elements.count) events, more than \(Self.longestBatch); send it in parts.")
        }
        var drafts: [EventDraft] = []
        var errors: [HubProblem.Item] = []
        for (index, element) in elements.enumerated() {
            do throws(LockstepError) {
                drafts.append(try EventCodec.draft(fromJSON: Array(element.text.utf8), strict: true))
            } catch {
                errors.append(HubProblem.Item(index: index, detail: error.message))
            }
        }
        guard errors.isEmpty else {
            throw HubProblem(.badRequest, Self.nothingTaken(errors.count, of: elements.count), errors: errors)
        }
        return drafts
    }

    /// What is said where some of a batch are bad.
    static func nothingTaken(_ bad: Int, of all: Int) -> String {
        "\(bad) of \(all) events cannot be taken, so none was; see 'errors'."
    }

    private func binary() throws -> EventDraft {
        var attributes = EventAttributes()
        for field in headers where field.name.canonicalName.hasPrefix(Self.prefix) {
            guard let value = field.value.removingPercentEncoding else {
                throw HubProblem(
                    .badRequest,
                    "The header '\(field.name.canonicalName)' is not percent-encoded UTF-8 (section 3.1.3.2).")
            }
            let name = String(field.name.canonicalName.dropFirst(Self.prefix.count))
            let isNew = Array(name.utf8).withUnsafeBytes { attributes.insert(value, named: $0) }
            guard isNew else {
                throw HubProblem(
                    .badRequest, "The header '\(field.name.canonicalName)' is there twice, with two values.")
            }
        }
        guard attributes["specversion"] != nil else {
            throw HubProblem(
                .unsupportedMediaType,
                "This is no event: send \(Self.structured), \(Self.batch), or JSON with ce- headers, ce-specversion among them."
            )
        }
        if let type = headers[.contentType] { attributes["datacontenttype"] = type }
        return try attributes.draft(data: body.isEmpty ? nil : try JSONObject(parsing: body))
    }
}
