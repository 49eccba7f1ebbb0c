import Glibc

/// Starts threads that nobody joins.
enum DetachedThread {
    /// Runs `body` on a new thread.
    ///
    /// - Parameters:
    ///   - name: what `top -H` and debuggers show; Linux keeps 15 bytes of it.
    ///   - stackSize: in bytes, a multiple of the page size.
    static func start(name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body)).toOpaque()
        let status = create(stackSize: stackSize, start: start)
        precondition(
            status == 0, "pthread_create(3) failed with errno \(status): the process is out of threads or memory.")
    }

    private static func create(stackSize: Int, start: UnsafeMutableRawPointer) -> Int32 {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, runStart, start)
        pthread_attr_destroy(&attributes)
        return status
    }
}

private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runStart(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let pointer else { preconditionFailure("A thread starts with what it is to run.") }
    let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
    nameCurrentThread(start.name)
    start.body()
    return nil
}

/// Where /proc is missing the thread keeps its process's name; nothing depends on it.
private func nameCurrentThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = name.withCString { write(file, $0, strlen($0)) }
    close(file)
}
