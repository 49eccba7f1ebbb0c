import Hummingbird
import NIOCore

/// What the hub knows of a request besides the request.
struct HubContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The address that it comes from, without its port.
    let address: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
