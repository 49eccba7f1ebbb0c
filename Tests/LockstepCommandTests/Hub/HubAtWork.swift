import Foundation
import LockstepTesting

/// A hub that runs at a site, as its callers see it.
struct HubAtWork {
    let command: ChildCommand
    let port: Int

    /// An answer.
    struct Answer {
        /// 0: there was none.
        let status: Int
        let text: String

        var object: [String: Any]? {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
        }
    }

    /// Starts a hub on a free port, and waits until it listens.
    static func start(_ site: Site, environment: [String: String] = [:]) async throws -> HubAtWork {
        try await listening(try site.start("hub", "--listen", "127.0.0.1:0", environment: environment))
    }

    /// Starts all of a site with a hub on a free port, and waits until it listens.
    static func startSite(_ site: Site) async throws -> HubAtWork {
        try await listening(try site.start("up", environment: ["LOCKSTEP_HUB_LISTEN": "127.0.0.1:0"]))
    }

    private static func listening(_ command: ChildCommand) async throws -> HubAtWork {
        try await eventually("the hub listens") {
            command.errorSoFar.contains("The hub listens") || !command.isRunning
        }
        guard let match = command.errorSoFar.firstMatch(of: /The hub listens.*127\.0\.0\.1:([0-9]+)/),
            let port = Int(match.1)
        else { throw SiteError(description: command.errorSoFar) }
        return HubAtWork(command: command, port: port)
    }

    /// Sends a request, as any program that speaks HTTP does.
    func send(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, body: String? = nil,
        prefer: String? = nil
    ) async throws -> Answer {
        let script = """
            import json, sys, urllib.request, urllib.error
            method, url, headers, body = sys.argv[1:5]
            request = urllib.request.Request(url, method=method, headers=json.loads(headers),
                                             data=body.encode() if body else None)
            try: answer = urllib.request.urlopen(request, timeout=20)
            except urllib.error.HTTPError as error: answer = error
            except Exception as error: print(0); sys.exit()
            print(answer.status); print(answer.read().decode(), end="")
            """
        var headers: [String: String] = [:]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if let type { headers["Content-Type"] = type }
        if let prefer { headers["Prefer"] = prefer }
        let ended = try await ChildCommand(
            URL(filePath: "/usr/bin/python3"),
            [
                "-c", script, method, "http://127.0.0.1:\(port)\(path)",
                String(decoding: try JSONEncoder().encode(headers), as: UTF8.self), body ?? "",
            ], environment: [:]
        ).ended()
        let parts = ended.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard let status = parts.first.flatMap({ Int($0) }) else { throw SiteError(description: ended.error) }
        return Answer(status: status, text: parts.count > 1 ? String(parts[1]) : "")
    }

    /// Sends an event in structured mode.
    func publish(_ id: String, _ data: String = #"{"status":"Issued"}"#, token: String? = nil) async throws -> Answer {
        try await send(
            "POST", "/v1/events", token: token, type: "application/cloudevents+json",
            body: """
                {"specversion":"1.0","id":"\(id)","type":"permit.issued","subject":"permit/1","scope":"ward-3","data":\(data)}
                """)
    }

    /// Lets it end in good order.
    func stop() async throws -> ChildCommand.Ended {
        command.signal(SIGTERM)
        return await command.ended()
    }
}
