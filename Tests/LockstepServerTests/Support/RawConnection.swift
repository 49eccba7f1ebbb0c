import Foundation

/// A connection that does what no client does; it is closed when nobody holds it any more.
final class RawConnection: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EBADF) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What has come within a time; empty: nothing, or the other side has closed.
    func answer(within milliseconds: Int32) async -> String {
        await onThread { descriptor in
            Self.isReadable(descriptor, milliseconds) ? Self.receive(descriptor) : ""
        }
    }

    /// Sends a byte every tenth of a second until something comes back, or the other side closes; nil: neither happens
    /// within half a minute.
    func dripUntilAnswered() async -> String? {
        await onThread { descriptor -> String? in
            for _ in 0..<300 {
                if Self.isReadable(descriptor, 100) { return Self.receive(descriptor) }
                _ = Foundation.send(descriptor, [0x20], 1, Int32(MSG_NOSIGNAL))
            }
            return nil
        }
    }

    private func onThread<Answer: Sendable>(_ work: @escaping @Sendable (Int32) -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in continuation.resume(returning: work(descriptor)) }
        }
    }

    private static func isReadable(_ descriptor: Int32, _ milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, milliseconds) > 0
    }

    private static func receive(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }
}
