/// The metadata keys of this module's log messages.
enum LogKey {
    static let office = "office"
    static let file = "file"
    static let origin = "origin"
    static let records = "records"
    static let refused = "refused"
    static let behind = "behind_seconds"
}
