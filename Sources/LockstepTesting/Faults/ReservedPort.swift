import Glibc
import NIOCore

/// A port of 127.0.0.1 that nobody else is given, also while nobody listens there.
///
/// A socket that is bound and does not listen: who connects is refused, as if there were none.
struct ReservedPort: ~Copyable {
    /// Its number.
    let number: Int
    private let descriptor: Int32

    /// Reserves any free port.
    ///
    /// - Throws: `IOError` when the system has none.
    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        // So that a listener on the same port gets it, too.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                let status = bind(descriptor, pointer, size)
                return status == 0 ? getsockname(descriptor, pointer, &size) : status
            }
        }
        guard status == 0 else {
            let error = IOError(errnoCode: errno, reason: "bind")
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
