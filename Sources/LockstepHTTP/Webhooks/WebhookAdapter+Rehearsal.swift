public import Lockstep
import Synchronization

extension WebhookAdapter {
    /// Makes the requests that it would send, and sends none, nor asks for permission.
    ///
    /// The host is looked up and its addresses are checked, as before each request. What the receiver would answer nobody
    /// knows before; only that it has refused its permission lately is known.
    public func rehearse(_ changes: [Change], in context: AdapterContext) async throws -> [Rehearsal] {
        let known = webhook.permission.withLock { $0 }
        if let known, known.counts(at: webhook.clock.now), case .refused(let reason) = known.permission {
            return changes.map { _ in .wouldRefuse(reason) }
        }
        let address: IPAddress
        do {
            // Addresses are looked up and checked; a connection is made with the first request only.
            address = try await webhook.client().address
        } catch let failure as WebhookFailure {
            let answer: Rehearsal = failure.isFinal ? .wouldRefuse(failure.reason) : .cannotSay(failure.reason)
            return changes.map { _ in answer }
        }
        return changes.map { change in
            do throws(LockstepError) {
                let message = try WebhookMessage(change, mode: webhook.options.mode)
                return .wouldApply(webhook.description(of: message, address))
            } catch {
                return .wouldRefuse("the request cannot be made: \(error.message)")
            }
        }
    }
}

extension Webhook {
    /// A request, for people: neither what it holds, nor the URL's path, which may be secret.
    fileprivate func description(of message: WebhookMessage, _ address: IPAddress) -> String {
        let headers = message.headers(at: clock.now, secrets: options.secrets)
        let size = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        let signature =
            switch options.secrets.count {
            case 0: "not signed"
            case 1: "signed"
            default: "signed by \(options.secrets.count) secrets"
            }
        let permission = options.asksPermission ? ", once it is permitted" : ""
        return "it would post \(message.body.count) bytes and \(size) bytes of headers, \(signature), to "
            + "\(Callback(url: url.text).place) at \(address)\(permission); what the answer would be nobody knows before"
    }
}
