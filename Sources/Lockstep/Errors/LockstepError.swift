/// What went wrong in Lockstep, what it means, and what to do about it.
///
/// Messages never hold a payload or a secret, so that they can be logged and stored as they are.
public struct LockstepError: Error, Sendable {
    /// The kind of failure; new kinds may come with any release.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Wrapped: String {
            case invalidName, invalidEvent, invalidJSON, invalidVersion, invalidReceipt, invalidConfiguration
            case eventTooLarge, storeUnavailable, storeCorrupt, storeFull, storeTooNew
            case storeFailed, brokerUnavailable, topologyMismatch, notFound, clock, driftIncomplete
            case alreadyExists, refused
        }

        private let wrapped: Wrapped

        /// A type, scope, subject, origin or office name that breaks its rules.
        public static let invalidName = Code(wrapped: .invalidName)
        /// Not an event: an attribute is missing or has the wrong form.
        public static let invalidEvent = Code(wrapped: .invalidEvent)
        /// Not the JSON that was asked for (RFC 8259, RFC 7493).
        public static let invalidJSON = Code(wrapped: .invalidJSON)
        /// Not a version or a version vector.
        public static let invalidVersion = Code(wrapped: .invalidVersion)
        /// Not what an office reports.
        public static let invalidReceipt = Code(wrapped: .invalidReceipt)
        /// A configuration value that cannot be used.
        public static let invalidConfiguration = Code(wrapped: .invalidConfiguration)
        /// Larger than the limit that the publisher keeps.
        public static let eventTooLarge = Code(wrapped: .eventTooLarge)
        /// The store is locked or cannot be reached; it may be there again later.
        public static let storeUnavailable = Code(wrapped: .storeUnavailable)
        /// The store is damaged; only a person can mend that.
        public static let storeCorrupt = Code(wrapped: .storeCorrupt)
        /// The store has no room; it may have some later.
        public static let storeFull = Code(wrapped: .storeFull)
        /// The store's file can no longer be read or written for sure: stop, so that a restart recovers what was kept.
        public static let storeFailed = Code(wrapped: .storeFailed)
        /// The store was written by a newer release.
        public static let storeTooNew = Code(wrapped: .storeTooNew)
        /// The broker cannot be reached, or refused.
        public static let brokerUnavailable = Code(wrapped: .brokerUnavailable)
        /// An object in the broker has other arguments than Lockstep's.
        public static let topologyMismatch = Code(wrapped: .topologyMismatch)
        /// There is nothing of that name.
        public static let notFound = Code(wrapped: .notFound)
        /// The clock cannot be read or kept.
        public static let clock = Code(wrapped: .clock)
        /// What an office said of its records is not whole, so nothing may be concluded from it.
        public static let driftIncomplete = Code(wrapped: .driftIncomplete)
        /// There is something of that name already.
        public static let alreadyExists = Code(wrapped: .alreadyExists)
        /// Something stands in the way of what was asked for; the message says what, and how to get past it.
        public static let refused = Code(wrapped: .refused)

        public var description: String { wrapped.rawValue }
    }

    /// Behind one pointer: what may fail and mostly does not is passed on by the thousand.
    private let details: Details

    /// The kind of failure.
    public var code: Code { details.code }
    /// What happened, what it means, what to do.
    public var message: String { details.message }
    /// What an outside library said, if one was involved.
    public var underlying: (any Error)? { details.underlying }
    /// Where it was noticed.
    public var file: String { details.file }
    /// Where it was noticed.
    public var line: Int { details.line }

    /// Makes an error.
    public init(
        _ code: Code,
        _ message: String,
        underlying: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        details = Details(code: code, message: message, underlying: underlying, file: file, line: line)
    }

    private final class Details: Sendable {
        let code: Code
        let message: String
        let underlying: (any Error)?
        let file: String
        let line: Int

        init(code: Code, message: String, underlying: (any Error)?, file: String, line: Int) {
            self.code = code
            self.message = message
            self.underlying = underlying
            self.file = file
            self.line = line
        }
    }
}

extension LockstepError: CustomStringConvertible {
    public var description: String { message }
}
