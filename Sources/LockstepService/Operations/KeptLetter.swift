import Crypto
import Lockstep
import LockstepRabbitMQ
import LockstepSQLite

/// A dead letter as it is kept for auditors before it is edited.
///
/// What the broker counts of its own is none of it: an edit that was interrupted finds the letter that it kept.
struct KeptLetter {
    private static let brokersOwn: Set<String> = ["x-delivery-count", "x-acquired-count"]

    private let original: OriginalDelivery

    init(
        _ letter: DeadLetter, _ differences: [DeadLetterEdit.Difference], of office: OfficeName, by person: String,
        reason: String
    ) throws {
        let headers = try JSONOutput.line(letter.headers.filter { !Self.brokersOwn.contains($0.key) })
        var hash = SHA256()
        hash.update(data: Array(headers.utf8) + [0] + letter.body)
        let digest = hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        original = OriginalDelivery(
            at: WallClock.system.now, person: person, office: office, letter: letter.id, reason: reason,
            headers: headers, body: letter.body, digest: digest, differences: try JSONOutput.line(differences))
    }

    /// It, with what names the event that is published to correct it.
    func delivery(correction: String?) -> OriginalDelivery {
        var delivery = original
        delivery.correction = correction
        return delivery
    }

    /// What names a correction: its id, version and time.
    static func name(of correction: EventDraft) throws -> String {
        guard let id = correction.id, let version = correction.version, let time = correction.time else {
            preconditionFailure("a correction has its name before it is kept")
        }
        return try JSONOutput.line(["id": id.text, "time": time.rfc3339, "version": version.description])
    }

    /// The correction that was named so.
    static func naming(_ draft: EventDraft, _ name: String) throws(LockstepError) -> EventDraft? {
        let object = try JSONObject(parsing: name)
        guard let id = object["id"]?.stringValue, let version = object["version"]?.stringValue,
            let time = object["time"]?.stringValue
        else { return nil }
        var named = draft
        named.id = try EventID(id)
        named.version = try Version(version)
        named.source = named.version?.origin
        named.time = Timestamp(rfc3339: time)
        return named
    }
}
