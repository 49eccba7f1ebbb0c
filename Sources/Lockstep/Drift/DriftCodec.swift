/// Questions and answers as bytes.
///
/// A format byte (1), a kind (0 nodes, 1 listings, 2 states, 255 an error's message), a count, and so many elements.
/// Counts are LEB128, digests and places eight bytes, least significant first: an answer of a thousand digests has
/// 18 KB.
public enum DriftCodec {
    private static let format: UInt8 = 1
    private static let failure: UInt8 = 255

    /// The error of what cannot be read; its message is what a worker answers to a question that it does not know.
    package static var unreadable: LockstepError { ByteReader.unreadable }

    /// Writes a question.
    public static func bytes(_ question: DriftQuestion) -> [UInt8] {
        var writer = ByteWriter()
        switch question {
        case .nodes(let prefixes):
            writer.begin(format, 0, prefixes.count)
            for prefix in prefixes { writer.append(prefix) }
        case .listings(let prefixes):
            writer.begin(format, 1, prefixes.count)
            for prefix in prefixes { writer.append(prefix) }
        case .states(let places):
            writer.begin(format, 2, places.count)
            for place in places { writer.append(place.bits) }
        }
        return writer.bytes
    }

    /// Reads a question.
    ///
    /// - Throws: ``LockstepError`` with the code `driftIncomplete`.
    public static func question(from bytes: [UInt8]) throws(LockstepError) -> DriftQuestion {
        var reader = ByteReader(bytes)
        guard try reader.byte() == format else { throw ByteReader.unreadable }
        let question: DriftQuestion
        switch try reader.byte() {
        case 0: question = .nodes(try reader.list { reader throws(LockstepError) in try reader.prefix() })
        case 1: question = .listings(try reader.list { reader throws(LockstepError) in try reader.prefix() })
        case 2: question = .states(try reader.list { reader throws(LockstepError) in try reader.place() })
        default: throw ByteReader.unreadable
        }
        guard reader.isAtEnd else { throw ByteReader.unreadable }
        return question
    }

    /// Writes an answer.
    public static func bytes(_ answer: DriftAnswer) -> [UInt8] {
        var writer = ByteWriter()
        switch answer {
        case .nodes(let nodes):
            writer.begin(format, 0, nodes.count)
            for digests in nodes {
                writer.append(digests.count)
                for digest in digests { writer.append(digest) }
            }
        case .listings(let listings):
            writer.begin(format, 1, listings.count)
            for listing in listings { writer.append(listing) }
        case .states(let places):
            writer.begin(format, 2, places.count)
            for states in places {
                writer.append(states.count)
                for state in states { writer.append(state) }
            }
        }
        return writer.bytes
    }

    /// Writes why there is no answer.
    public static func bytes(_ error: LockstepError) -> [UInt8] {
        var writer = ByteWriter()
        writer.begin(format, failure, 1)
        writer.append(error.message)
        return writer.bytes
    }

    /// Reads an answer.
    ///
    /// - Throws: ``LockstepError`` with the code `driftIncomplete`: it is not whole, or the office says why there is none.
    public static func answer(from bytes: [UInt8]) throws(LockstepError) -> DriftAnswer {
        var reader = ByteReader(bytes)
        guard try reader.byte() == format else { throw ByteReader.unreadable }
        let answer: DriftAnswer
        switch try reader.byte() {
        case 0:
            answer = .nodes(
                try reader.list { reader throws(LockstepError) in
                    try reader.list { reader throws(LockstepError) in try reader.digest() }
                })
        case 1: answer = .listings(try reader.list { reader throws(LockstepError) in try reader.listing() })
        case 2:
            answer = .states(
                try reader.list { reader throws(LockstepError) in
                    try reader.list { reader throws(LockstepError) in try reader.state() }
                })
        case failure:
            _ = try reader.number()
            throw LockstepError(.driftIncomplete, "the office cannot say what it holds: \(try reader.string())")
        default: throw ByteReader.unreadable
        }
        guard reader.isAtEnd else { throw ByteReader.unreadable }
        return answer
    }
}
