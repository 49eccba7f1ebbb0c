/// The metadata keys of this module's log messages.
enum LogKey {
    static let connection = "connection"
    static let error = "error"
    static let migration = "migration"
    static let server = "server_version"
}
