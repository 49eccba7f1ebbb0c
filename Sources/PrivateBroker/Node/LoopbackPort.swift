import Glibc

/// A TCP port on 127.0.0.1: whether it is free, and whether what listens there answers.
struct LoopbackPort: Hashable, Sendable {
    let number: Int

    init(_ number: Int) {
        self.number = number
    }

    /// The ports that free ones are taken from: below those that the system gives to outgoing connections.
    ///
    /// A client that reconnects to a stopped node could otherwise be given the node's own port as its source, and so
    /// either keep the node from starting or, on loopback, connect to itself.
    static let choice: Range<Int> = 15_000..<31_000

    /// A port that nothing listens on, and that is not among the given ones.
    static func free(besides taken: some Collection<Int>) throws -> Int {
        for _ in 0..<1_000 {
            let number = Int.random(in: choice)
            if !taken.contains(number), LoopbackPort(number).isFree { return number }
        }
        throw PrivateBrokerError(
            .portTaken,
            "No free port was found on 127.0.0.1 between \(choice.lowerBound) and \(choice.upperBound): "
                + "name the ports in the configuration."
        )
    }

    /// Whether a server could listen here now.
    var isFree: Bool {
        withSocket(or: false) { socket in
            var yes: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return withAddress { bind(socket, $0, $1) == 0 } && listen(socket, 1) == 0
        }
    }

    /// Whether something accepts connections here.
    var accepts: Bool {
        withSocket(or: false) { socket in withAddress { connect(socket, $0, $1) == 0 } }
    }

    /// Whether what listens here answers the given opening within a fifth of a second, beginning with the given byte.
    func answers(_ opening: [UInt8], with first: UInt8) -> Bool {
        withSocket(or: false) { socket in
            guard withAddress({ connect(socket, $0, $1) == 0 }),
                send(socket, opening, opening.count, Int32(MSG_NOSIGNAL)) == opening.count
            else { return false }
            var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, 200) == 1 else { return false }
            var byte: UInt8 = 0
            return recv(socket, &byte, 1, 0) == 1 && byte == first
        }
    }

    private func withSocket<R>(or failure: R, _ body: (Int32) -> R) -> R {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return failure }
        defer { close(descriptor) }
        return body(descriptor)
    }

    private func withAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(number).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
