import GRDB
import Lockstep

// GRDB has a class of this name.
import struct Lockstep.Record

/// The records of a replica by their places in the digest tree.
struct DriftRecords {
    let db: Database

    /// The digests of a node's children, from the records.
    func children(of prefix: DriftPrefix) throws -> [DriftDigest] {
        var children = [DriftDigest](repeating: DriftDigest(), count: DriftPrefix.fanOut)
        let shift = UInt64(4 * (DriftPlace.digits - prefix.depth - 1))
        try each(in: prefix) { place, digest in children[Int(place.bits >> shift & 0xF)] += digest }
        return children
    }

    /// All places below a node.
    func listing(of prefix: DriftPrefix) throws -> DriftListing {
        var entries: [DriftListing.Entry] = []
        try each(in: prefix) { place, digest in
            if entries.last?.place == place {
                entries[entries.count - 1].digest += digest
            } else {
                entries.append(DriftListing.Entry(place: place, digest: digest))
            }
        }
        return DriftListing(entries)
    }

    /// All that is known of the records at a place.
    func states(at place: DriftPlace) throws -> [RecordState] {
        let statement = try DirectStatement(
            db, sql: "SELECT subject, registers, routes FROM records WHERE place = ? ORDER BY subject")
        var states: [RecordState] = []
        try statement.each {
            $0.set(1, to: Int64(place.bits))
        } _: { row in
            let record = try Record(subject: try Subject(row.text(0) ?? ""), encoded: row.bytes(1))
            states.append(RecordState(record, routes: RecordRoutes(row.text(2)).keys))
        }
        return states
    }

    private func each(in prefix: DriftPrefix, _ body: (DriftPlace, DriftDigest) throws -> Void) throws {
        let statement = try DirectStatement(
            db,
            sql: "SELECT place, subject, registers FROM records WHERE place BETWEEN ? AND ? ORDER BY place"
        )
        let places = prefix.places
        try statement.each {
            $0.set(1, to: Int64(places.lowerBound.bits))
            $0.set(2, to: Int64(places.upperBound.bits))
        } _: { row in
            let subject = try Subject(row.text(1) ?? "")
            try body(
                DriftPlace(bits: UInt64(bitPattern: row.number(0))), DriftDigest(of: subject, encoded: row.bytes(2)))
        }
    }
}
