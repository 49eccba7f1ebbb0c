import AsyncHTTPClient
import Lockstep
import NIOCore
import NIOHTTP1
import Synchronization

/// One webhook: asks it, each time within its time, and says what the answer means.
final class Webhook: Sendable {
    /// The most bytes of an answer's body that are read, to keep the connection; they are dropped.
    private static let longestBody = 65_536
    /// How long an answer's body is waited for once its status is known.
    static let bodyPatience = Duration.seconds(1)

    let options: WebhookOptions
    let url: WebhookURL
    let clock: WallClock
    let begun = ContinuousClock.now
    /// The host where it is an address: nobody need be asked for that.
    private let literal: IPAddress?
    private let current = Mutex<PinnedClient?>(nil)
    /// The address that could not be reached last; another one is taken if there is one.
    private let shunned = Mutex<IPAddress?>(nil)
    /// What the receiver said last to whether it may be posted to.
    let permission = Mutex<KnownPermission?>(nil)
    /// How fast the receiver allows it; nil: as fast as it goes.
    let rate = Mutex<PostingRate?>(nil)

    init(_ url: WebhookURL, options: WebhookOptions, clock: WallClock) throws(LockstepError) {
        literal = AddressResolver.literal(url.host)
        if let literal, let reason = Self.policy(options).refusal(of: literal) {
            throw LockstepError(.invalidConfiguration, "The webhook's URL cannot be used: \(reason).")
        }
        self.url = url
        self.options = options
        self.clock = clock
    }

    private static func policy(_ options: WebhookOptions) -> AddressPolicy {
        AddressPolicy(allowsPrivate: options.allowPrivateAddresses)
    }

    /// A client at an address that may be asked; the name is looked up each time, the connections are kept.
    ///
    /// - Throws: ``WebhookFailure``.
    func client() async throws -> PinnedClient {
        let host = url.host
        var found = literal.map { [$0] }
        if found == nil { found = try await within(options.timeout) { await AddressResolver.addresses(of: host) } }
        guard let addresses = found else { throw WebhookFailure("the webhook's host was not found in time") }
        let policy = Self.policy(options)
        let allowed = addresses.filter { policy.refusal(of: $0) == nil }
        guard let first = allowed.first else {
            let reason = addresses.first.flatMap(policy.refusal)
            throw WebhookFailure(
                reason.map { "the webhook may not be asked: \($0)" } ?? "the webhook's host is not known",
                isFinal: reason != nil)
        }
        let shunned = shunned.withLock { $0 }
        return current.withLock { current in
            if let current, current.address != shunned, allowed.contains(current.address) { return current }
            let client = PinnedClient(host, at: allowed.first { $0 != shunned } ?? first, options: options)
            current = client
            return client
        }
    }

    /// Posts a message and says what became of it; only cancellation is thrown.
    func post(_ message: WebhookMessage, over pinned: PinnedClient) async throws -> ApplyOutcome {
        if let outcome = try await waitForTurn() { return outcome }
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        for (name, value) in message.headers(at: clock.now, secrets: options.secrets) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(message.body)
        let (ready, client) = (request, pinned.client)
        do {
            let response = try await within(options.timeout) {
                try await client.execute(ready, deadline: .distantFuture)
            }
            guard let response else { return .failed("the webhook did not answer in time") }
            let retryAfter = response.headers["retry-after"]
            let answer = WebhookResponse(
                status: Int(response.status.code), retryAfter: retryAfter.count == 1 ? retryAfter[0] : nil)
            let outcome = answer.outcome(at: clock.now)
            // The status has said it all, in time; the rest is only for the connection's sake.
            _ = try? await within(Self.bodyPatience) { try await Self.drop(response.body) }
            return outcome
        } catch {
            try Task.checkCancellation()
            shun(pinned)
            return .failed("the webhook cannot be reached (\(WebhookFailure.describe(error)))")
        }
    }

    /// Another address goes before this one the next time.
    func shun(_ pinned: PinnedClient) {
        shunned.withLock { $0 = pinned.address }
    }

    static func drop(_ body: HTTPClientResponse.Body) async throws {
        var size = 0
        for try await piece in body {
            size += piece.readableBytes
            if size > longestBody { return }
        }
    }
}

/// Does some work, but no longer than a time; nil: it was cancelled for that.
func within<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { preconditionFailure("the group has two tasks") }
        return first
    }
}
