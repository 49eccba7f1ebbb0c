import Lockstep

// GRDB has a class of this name.
import struct Lockstep.Record

/// A record as it stands in its row, read or written before and kept.
///
/// Not what an adapter was told of it: that is noted in the row between batches.
struct KeptRecord {
    /// The row's number.
    let id: Int64
    let record: Record
    let isInConflict: Bool
    /// Its canonical serialization.
    let registers: [UInt8]
    /// Of the serialization.
    let digest: DriftDigest
    /// Type and scope of the newest event about it.
    let type: String?
    let scope: String?
    let routes: RecordRoutes

    /// About how many bytes of memory it takes: each field's name and value have memory of their own.
    var size: Int { 512 + 4 * registers.count }
}
