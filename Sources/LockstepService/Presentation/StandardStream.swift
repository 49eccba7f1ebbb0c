import Glibc

/// Standard output or standard error.
public struct StandardStream: Sendable {
    /// What a command answers.
    public static let output = StandardStream(descriptor: STDOUT_FILENO)
    /// What it says besides: errors, log, progress.
    public static let error = StandardStream(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    /// Whether a person looks at it.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The columns that the terminal has now; nil: no terminal, or one that does not say.
    public var columns: Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes all of a text, in one system call where the system takes it whole.
    ///
    /// A reader that is gone ends the process, as it ends every filter (SIGPIPE); other failures are left alone: there
    /// is nowhere to report them.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written < 0 {
                    guard waitAfterFailure() else { return }
                    continue
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    /// Waits until writing may go on; false: it never will.
    private func waitAfterFailure() -> Bool {
        guard errno == EAGAIN else { return errno == EINTR }
        // Somebody else who has the same terminal made it non-blocking.
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&wanted, 1, -1) >= 0 || errno == EINTR
    }
}
