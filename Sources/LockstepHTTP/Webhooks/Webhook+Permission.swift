import AsyncHTTPClient
import Lockstep
import NIOCore
import NIOHTTP1
import Synchronization

extension Webhook {
    /// What the receiver says to whether it may be posted to; asked where what it said last does not count any more.
    ///
    /// Only cancellation is thrown.
    func permission(over pinned: PinnedClient) async throws -> WebhookPermission {
        if let known = permission.withLock({ $0 }), known.counts(at: clock.now) { return known.permission }
        let answer = try await askPermission(over: pinned)
        let now = clock.now
        permission.withLock { $0 = KnownPermission(permission: answer, askedAt: now) }
        if case .granted(let rate) = answer {
            self.rate.withLock { current in
                if current?.perMinute != rate { current = rate.map(PostingRate.init) }
            }
        }
        return answer
    }

    private func askPermission(over pinned: PinnedClient) async throws -> WebhookPermission {
        let sender = options.sender ?? HostName.own
        var request = HTTPClientRequest(url: url.text)
        request.method = .OPTIONS
        request.headers.add(name: "webhook-request-origin", value: sender)
        if let rate = options.requestRate { request.headers.add(name: "webhook-request-rate", value: "\(rate)") }
        request.headers.add(name: "user-agent", value: "Lockstep")
        let (ready, client) = (request, pinned.client)
        do {
            let response = try await within(options.timeout) {
                try await client.execute(ready, deadline: .distantFuture)
            }
            guard let response else {
                return .unknown("the webhook did not answer in time whether it may be posted to")
            }
            let (origin, rate) = (response.headers["webhook-allowed-origin"], response.headers["webhook-allowed-rate"])
            _ = try? await within(Self.bodyPatience) { try await Self.drop(response.body) }
            return WebhookPermission(
                status: Int(response.status.code), sender: sender, origin: origin.count == 1 ? origin[0] : nil,
                rate: rate.count == 1 ? rate[0] : nil)
        } catch {
            try Task.checkCancellation()
            shun(pinned)
            return .unknown("the webhook cannot be reached (\(WebhookFailure.describe(error)))")
        }
    }

    /// Waits until the receiver's rate allows a request; an outcome: that would be too long.
    func waitForTurn() async throws -> ApplyOutcome? {
        let now = ContinuousClock.now - begun
        switch rate.withLock({ $0?.decide(at: now) }) {
        case nil: return nil
        case .later(let wait): return .busy(for: wait, "the webhook allows no more requests a minute")
        case .send(let wait):
            if wait > .zero { try await Task.sleep(for: wait) }
            return nil
        }
    }
}
