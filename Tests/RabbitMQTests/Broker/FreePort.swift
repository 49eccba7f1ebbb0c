import Glibc

/// A port of 127.0.0.1 that nobody listens on, and none that outgoing connections are given.
func freePort() throws -> Int {
    for _ in 0..<1_000 {
        let port = Int.random(in: 15_000..<31_000)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isFree = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isFree { return port }
    }
    throw NoFreePort()
}

/// A thousand random ports were all taken.
struct NoFreePort: Error {}
