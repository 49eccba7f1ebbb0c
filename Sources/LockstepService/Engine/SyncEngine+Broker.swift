import FoundationEssentials
import Lockstep
public import RabbitMQ

extension SyncEngine {
    /// Which broker an engine uses.
    public struct Broker: Sendable {
        /// What is not known before it is used.
        private enum Wrapped {
            case local
            case url(String)
            case endpoints([Endpoint])
        }

        private let wrapped: Wrapped

        /// The broker on this machine: the one that `LOCKSTEP_BROKER_URL` names, as `lockstep broker start --export` sets it,
        /// else RabbitMQ as it is installed, on port 5672 with the user `guest`.
        public static let local = Broker(wrapped: .local)

        /// A broker by its URL, `amqp://user:password@host/` or `amqps://…`.
        public static func url(_ url: String) -> Broker { Broker(wrapped: .url(url)) }

        /// The nodes of one cluster, any of which will do; with TLS options where they have some.
        public static func endpoints(_ endpoints: [Endpoint]) -> Broker { Broker(wrapped: .endpoints(endpoints)) }

        /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration`.
        func endpoints(variables: [String: String]) throws(LockstepError) -> [Endpoint] {
            switch wrapped {
            case .endpoints(let endpoints):
                guard !endpoints.isEmpty else {
                    throw LockstepError(.invalidConfiguration, "An engine needs one endpoint of a broker at least.")
                }
                return endpoints
            case .url(let url): return [try Self.endpoint(url)]
            case .local:
                guard let url = variables["LOCKSTEP_BROKER_URL"], !url.isEmpty else {
                    return [Endpoint(host: "127.0.0.1")]
                }
                return [try Self.endpoint(url)]
            }
        }

        private static func endpoint(_ url: String) throws(LockstepError) -> Endpoint {
            do {
                return try Endpoint(url: url)
            } catch {
                let reason = (error as? RabbitMQError)?.message ?? "The broker's URL cannot be read."
                throw LockstepError(.invalidConfiguration, reason, underlying: error)
            }
        }
    }
}
