import Glibc
import LockstepTesting

/// A plain TCP socket on 127.0.0.1 that never blocks.
final class LoopbackSocket: Sendable {
    /// What a call of the system said.
    struct Failure: Error, Hashable {
        let code: Int32
    }

    /// How a socket is found when it is read.
    enum Found: Hashable {
        case bytes([UInt8])
        case nothing
        case end
        case reset
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) throws {
        guard descriptor >= 0 else { throw Failure(code: errno) }
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { Glibc.close(descriptor) }

    /// A socket that listens on any port.
    static func listening() throws -> LoopbackSocket {
        let socket = try LoopbackSocket(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try check(socket.withAddress(port: 0) { bind(socket.descriptor, $0, $1) })
        try check(listen(socket.descriptor, 16))
        return socket
    }

    /// A socket that is connected to a port.
    static func connected(to port: Int) throws -> LoopbackSocket {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Connected while it may still block: on loopback that takes no time.
        let socket = try LoopbackSocket(descriptor)
        _ = fcntl(descriptor, F_SETFL, 0)
        try check(socket.withAddress(port: port) { connect(descriptor, $0, $1) })
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return socket
    }

    /// A second descriptor of this process's socket that listens on a port.
    static func copy(ofListenerOn port: Int) -> LoopbackSocket? {
        for descriptor in Int32(3)..<4_096 {
            var listens: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0, listens == 1 else {
                continue
            }
            guard let copy = try? LoopbackSocket(dup(descriptor)), copy.port == port else { continue }
            return copy
        }
        return nil
    }

    /// The port that it listens on.
    var port: Int {
        var port = 0
        _ = withAddress(port: 0) { address, size in
            var size = size
            let status = getsockname(descriptor, UnsafeMutablePointer(mutating: address), &size)
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                port = Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
            return status
        }
        return port
    }

    /// Waits for the next one that connects.
    func accepted() async throws -> LoopbackSocket {
        var next: Int32 = -1
        try await eventually("somebody connects") {
            next = accept(descriptor, nil, nil)
            return next >= 0
        }
        return try LoopbackSocket(next)
    }

    /// Sends what the system takes now; returns how many bytes that were.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        max(0, Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)))
    }

    /// Reads what is there.
    func receive() -> Found {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        switch count {
        case 1...: return .bytes(Array(bytes[..<count]))
        case 0: return .end
        default: return errno == EAGAIN ? .nothing : .reset
        }
    }

    /// Waits until so many bytes have come; fails where the stream ends before.
    func receive(_ count: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        try await eventually("\(count) bytes have come") {
            if all.count < count, case .bytes(let more) = receive() { all += more }
            return all.count >= count
        }
        return all
    }

    /// Reads to the end; returns all that came before it, and what the end was.
    func receiveAll() async throws -> (bytes: [UInt8], end: Found) {
        var all: [UInt8] = []
        var found = Found.nothing
        try await eventually("the stream has ended") {
            found = receive()
            if case .bytes(let more) = found { all += more }
            return found == .end || found == .reset
        }
        return (all, found)
    }

    /// Ends what this side says.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    private static func check(_ status: Int32) throws {
        guard status == 0 else { throw Failure(code: errno) }
    }

    private func withAddress(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
