#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Comparing what a message says with words that are known, byte by byte and in one go.
extension UnsafeRawBufferPointer {
    /// Whether these bytes are the text's, no more and no less.
    func isEqual(to text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && hasPrefix(text)
    }

    /// Whether these bytes begin with the text's.
    func hasPrefix(_ text: StaticString) -> Bool {
        guard let start = baseAddress, count >= text.utf8CodeUnitCount else { return false }
        return memcmp(start, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}
