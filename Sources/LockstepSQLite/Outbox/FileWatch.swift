import Dispatch
import Foundation
import Glibc
import Lockstep
import Synchronization

/// Hears of every write to a database's file, its journal and its log, by whatever process (`inotify(7)`).
///
/// It watches the directory, since journals come and go. The shared memory of a log (`-shm`) is written through a
/// mapping, of which nothing is heard; so a write is heard a moment before readers see the commit.
///
/// It says so only while somebody listens; what is written meanwhile it says when somebody listens again. Whoever is at
/// work is not disturbed by each of its own writes.
final class FileWatch: Sendable {
    /// Safe: a source may be suspended, resumed and cancelled from anywhere, each under the lock.
    private nonisolated(unsafe) let source: any DispatchSourceRead
    private let isListening = Mutex(false)

    /// Watches a database file until the watch is gone; to be told to ``listen()``.
    ///
    /// - Parameter heard: Called after a write, on a queue of the watch's own.
    /// - Throws: `storeUnavailable` where the system allows no more watches.
    convenience init(_ path: String, heard: @escaping @Sendable () -> Void) throws(LockstepError) {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let name = file.lastPathComponent
        try self.init(
            watching: file.deletingLastPathComponent().path, for: IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO,
            // An event without a name says that others were dropped: one of them may have been for us.
            names: [name, name + "-wal", name + "-journal", ""], heard: heard)
    }

    /// Watches one file, which is there, until the watch is gone.
    ///
    /// - Parameter heard: Called after somebody has touched the file, on a queue of the watch's own.
    /// - Throws: `storeUnavailable` where the system allows no more watches.
    convenience init(
        forTouchesOf file: String, heard: @escaping @Sendable () -> Void
    ) throws(LockstepError) {
        try self.init(watching: file, for: IN_ATTRIB, names: [""], heard: heard)
    }

    private init(
        watching path: String, for events: Int32, names: Set<String>, heard: @escaping @Sendable () -> Void
    ) throws(LockstepError) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw Self.failure(path) }
        guard inotify_add_watch(descriptor, path, UInt32(events)) >= 0 else {
            close(descriptor)
            throw Self.failure(path)
        }
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "lockstep.outbox.watch", qos: .userInitiated)
        )
        source.setEventHandler {
            if Self.drain(descriptor).contains(where: names.contains) { heard() }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        source.suspend()
    }

    deinit {
        // One that is suspended could not be let go of.
        listen()
        source.cancel()
    }

    /// Says from now on what is written, and what was since ``rest()``.
    func listen() {
        isListening.withLock { isListening in
            if !isListening { source.resume() }
            isListening = true
        }
    }

    /// Keeps to itself what is written from now on.
    func rest() {
        isListening.withLock { isListening in
            if isListening { source.suspend() }
            isListening = false
        }
    }

    /// Reads all events there are, and returns the names of their files.
    private static func drain(_ descriptor: Int32) -> [String] {
        var names: [String] = []
        // Room for many events; each is a header and a name.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)
        defer { buffer.deallocate() }
        let header = MemoryLayout<inotify_event>.size
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { return names }
            var offset = 0
            while offset + header <= count {
                let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                let bytes = buffer[(offset + header)..<(offset + header + Int(event.len))]
                names.append(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
                offset += header + Int(event.len)
            }
        }
    }

    private static func failure(_ path: String) -> LockstepError {
        LockstepError(
            .storeUnavailable,
            "'\(path)', which says when an outbox is written to, cannot be watched (\(String(cString: strerror(errno)))); "
                + "see fs.inotify.max_user_instances and fs.inotify.max_user_watches"
        )
    }
}
