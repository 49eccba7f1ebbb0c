import FoundationEssentials

/// The files of a node, all below one directory.
struct NodeDirectory: Sendable {
    let root: URL

    init(_ root: URL) {
        self.root = root.absoluteURL.standardizedFileURL
    }

    var configuration: URL { root.appending(path: "rabbitmq.conf") }
    var enabledPlugins: URL { root.appending(path: "enabled_plugins") }
    var data: URL { root.appending(path: "mnesia", directoryHint: .isDirectory) }
    var logs: URL { root.appending(path: "log", directoryHint: .isDirectory) }
    /// Erlang keeps the node's secret, `.erlang.cookie`, in the home directory.
    var home: URL { root.appending(path: "home", directoryHint: .isDirectory) }
    private var cookie: URL { home.appending(path: ".erlang.cookie") }
    var log: URL { logs.appending(path: "node.log") }
    /// What the node prints before its log is open, and what it fails with.
    var output: URL { logs.appending(path: "output.log") }
    var epmdOutput: URL { logs.appending(path: "epmd.log") }
    private var identity: URL { root.appending(path: "node.json") }
    private var processes: URL { root.appending(path: "processes.json") }

    /// Makes the directories and writes what the node reads when it starts.
    func prepare(
        _ identity: NodeIdentity, _ configuration: PrivateBrokerConfiguration, _ membership: ClusterMembership?
    ) throws {
        try reporting("prepared") {
            for directory in [data, logs, home] {
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            }
            let settings = NodeSettings(identity, configuration, membership)
            try write(settings.text, to: self.configuration)
            try write(settings.enabledPlugins, to: enabledPlugins)
            if let membership { try writeCookie(membership.cookie) }
            try write(JSONEncoder().encode(identity), to: self.identity)
            try? FileManager.default.removeItem(at: output)
        }
    }

    /// The name and ports that an earlier start chose.
    func rememberedIdentity() throws -> NodeIdentity? {
        try read(identity)
    }

    /// The processes that the latest start recorded; they may be gone.
    func recordedProcesses() throws -> NodeProcesses? {
        try read(processes)
    }

    func record(_ running: NodeProcesses?) throws {
        try reporting("written") {
            if let running {
                try write(JSONEncoder().encode(running), to: processes)
            } else if FileManager.default.fileExists(atPath: processes.path) {
                try FileManager.default.removeItem(at: processes)
            }
        }
    }

    /// The lines that tell best why a start failed: from the first error on, else the last ones of the log.
    ///
    /// Erlang reports one failure many times over, each time with less to say. Only what it printed counts for that:
    /// the log also has the errors of earlier starts.
    func logExcerpt(lines limit: Int = 16) -> String {
        let printed = self.lines(of: output)
        let excerpt =
            if let first = printed.firstIndex(where: { $0.contains("[error]") }) {
                printed[first...].prefix(limit)
            } else {
                (printed + self.lines(of: log)).suffix(limit)
            }
        return excerpt.joined(separator: "\n")
    }

    /// The secret that the node's home has from an earlier start.
    func rememberedCookie() -> String? {
        try? String(contentsOf: cookie, encoding: .utf8)
    }

    /// Erlang refuses a secret that others may read, so the file is never there with other permissions.
    private func writeCookie(_ secret: String) throws {
        try? FileManager.default.removeItem(at: cookie)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o400]
        guard FileManager.default.createFile(atPath: cookie.path, contents: Data(secret.utf8), attributes: attributes)
        else { throw PrivateBrokerError(.system, "The file \(cookie.path) could not be written.") }
    }

    private func lines(of file: URL) -> [Substring] {
        ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
    }

    private func read<T: Decodable>(_ file: URL) throws -> T? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try reporting("read") { try JSONDecoder().decode(T.self, from: Data(contentsOf: file)) }
    }

    private func write(_ text: String, to file: URL) throws {
        try write(Data(text.utf8), to: file)
    }

    private func write(_ data: Data, to file: URL) throws {
        try data.write(to: file, options: .atomic)
    }

    private func reporting<R>(_ done: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw PrivateBrokerError(
                .system,
                "The broker's directory \(root.path) could not be \(done): \(error). "
                    + "See that it is writable and has room, or choose another.",
                underlying: error
            )
        }
    }
}
