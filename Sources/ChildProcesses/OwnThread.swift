import Glibc

/// Runs a closure on a thread of its own, which ends with it.
///
/// - Throws: ``ChildProcessError`` when the system has no thread left.
func runOnOwnThread(_ body: @escaping @Sendable () -> Void) throws {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let result = pthread_create(&thread, nil, runThreadBody, box.toOpaque())
    guard result == 0 else {
        box.release()
        throw ChildProcessError("No thread could be made for a process: \(describe(errno: result)).")
    }
    pthread_detach(thread)
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { preconditionFailure("A thread was started without its body.") }
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}

/// The system's words for an `errno` value. (glibc's `strerror` has a buffer per thread.)
func describe(errno code: Int32) -> String {
    guard let text = strerror(code) else { return "errno \(code)" }
    return String(cString: text)
}
