import Foundation
public import Lockstep

/// Writes an answer to a file.
public enum OutputFile {
    /// Sees to it that a file can be written, as far as that can be told before.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `storeUnavailable`, which says why.
    public static func check(_ path: String) throws(LockstepError) {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: directory) else {
            throw LockstepError(
                .storeUnavailable,
                "The file '\(path)' cannot be written: there is no directory '\(directory)', or nobody may write to it."
            )
        }
    }

    /// Writes all of a text, or leaves the file as it was.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `storeUnavailable`, which says why.
    public static func write(_ text: String, to path: String) throws(LockstepError) {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw LockstepError(
                .storeUnavailable, "The file '\(path)' cannot be written: \(error.localizedDescription)",
                underlying: error)
        }
    }
}
