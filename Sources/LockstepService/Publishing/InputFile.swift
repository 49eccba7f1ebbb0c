import Lockstep

/// A file that is read whole.
public enum InputFile {
    /// Its bytes.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input.
    ///   - limit: The most bytes that it may have.
    /// - Throws: ``/Lockstep/LockstepError``: `notFound` where it cannot be read, `eventTooLarge`.
    public static func bytes(_ path: String, atMost limit: Int) throws -> [UInt8] {
        let reader = try InputReader(EventInput(path))
        var bytes: [UInt8] = []
        while let piece = try reader.next() {
            bytes += piece
            guard bytes.count <= limit else {
                throw LockstepError(.eventTooLarge, "'\(path)' has more than \(ByteSizeText.text(limit)).")
            }
        }
        return bytes
    }
}
