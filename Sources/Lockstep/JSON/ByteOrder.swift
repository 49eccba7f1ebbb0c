#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The order and equality of strings by their UTF-8 bytes.
///
/// Swift's own comparison treats canonically equivalent strings as equal; two replicas must not, since "the same"
/// means the same bytes.
enum ByteOrder {
    static func precedes(_ left: String, _ right: String) -> Bool { compare(left, right) < 0 }

    static func equal(_ left: String, _ right: String) -> Bool {
        areIdentical(left, right) || (left.utf8.count == right.utf8.count && compare(left, right) == 0)
    }

    /// Whether two strings are the same bits: the same memory, or the same few bytes in place of it.
    ///
    /// Mostly so where merging compares names; and bytes that are the same need not be fetched. Else nothing is said.
    @inline(__always)
    private static func areIdentical(_ left: String, _ right: String) -> Bool {
        typealias Words = (UInt64, UInt64)
        guard MemoryLayout<String>.size == MemoryLayout<Words>.size else { return false }
        return unsafeBitCast(left, to: Words.self) == unsafeBitCast(right, to: Words.self)
    }

    /// Negative, zero or positive, as `left` stands before, at or after `right`.
    static func compare(_ left: String, _ right: String) -> Int {
        var left = left
        var right = right
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return left.count - right.count
                }
                let order = memcmp(first, second, min(left.count, right.count))
                return order == 0 ? left.count - right.count : Int(order)
            }
        }
    }
}
