/// What the codecs of reports share: members of JSON objects, written and read by their names.
enum ReportJSON {
    /// Appends a member with a comma behind it.
    static func append(_ name: StaticString, _ value: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { output.append(contentsOf: $0) }
        output.append(contentsOf: "\":".utf8)
        JSONWriter.appendString(value, to: &output)
        output.append(UInt8(ascii: ","))
    }

    static func text(_ name: String, of object: JSONObject) throws(LockstepError) -> String {
        guard let text = object[name]?.stringValue else { throw invalid(name) }
        return text
    }

    static func time(_ name: String, of object: JSONObject) throws(LockstepError) -> Timestamp {
        guard let time = Timestamp(rfc3339: try text(name, of: object)) else { throw invalid(name) }
        return time
    }

    static func invalid(_ name: String) -> LockstepError {
        LockstepError(.invalidReceipt, "not a report for the ledger: '\(name)' is missing or is not what it must be")
    }
}
