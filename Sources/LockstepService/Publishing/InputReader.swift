import Glibc
import Lockstep

/// Reads a file or standard input piece by piece, as much as there is, without holding up a cancelled task.
struct InputReader: ~Copyable {
    /// The most bytes of one piece.
    static let piece = 1 << 16

    private let descriptor: Int32
    private let isOwned: Bool
    /// The input's size in bytes; nil where nobody knows it.
    let size: Int?

    /// Opens the input.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` that says why it cannot be read.
    init(_ input: EventInput) throws(LockstepError) {
        switch input {
        case .standardInput:
            descriptor = STDIN_FILENO
            isOwned = false
            size = nil
        case .file(let path):
            let opened = open(path, O_RDONLY | O_CLOEXEC)
            guard opened >= 0 else {
                throw LockstepError(
                    .notFound, "The file '\(path)' cannot be read: \(String(cString: strerror(errno))).")
            }
            descriptor = opened
            isOwned = true
            var status = stat()
            size = fstat(opened, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        }
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// What has arrived; nil at the end.
    ///
    /// - Throws: `CancellationError`, or ``/Lockstep/LockstepError`` where reading fails.
    func next() throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Short naps, so that Ctrl-C is noticed while a pipe is silent.
            guard poll(&wanted, 1, 200) != 0 else { continue }
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, count in
                let result = read(descriptor, buffer.baseAddress, buffer.count)
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            if failure == EINTR || failure == EAGAIN { continue }
            guard failure == 0 else {
                throw LockstepError(.notFound, "The input cannot be read: \(String(cString: strerror(failure))).")
            }
            return bytes.isEmpty ? nil : bytes
        }
    }
}
