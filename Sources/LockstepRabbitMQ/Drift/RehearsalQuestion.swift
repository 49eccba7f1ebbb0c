import Lockstep

/// The question what would become of an event in an office, and its answer, as they go through the office's control queue.
///
/// Both are JSON: the event in CloudEvents' JSON format, and the members of ``/Lockstep/OfficeRehearsal``. Questions about
/// drift begin with a byte that no JSON begins with: so a worker of an older release, which knows those only, answers that
/// it cannot read this one, in its own form.
enum RehearsalQuestion {
    /// The AMQP type of the question.
    static let type = "lockstep.rehearsal.question"

    static func bytes(_ event: Event) -> [UInt8] { Array(EventCodec.json(event).utf8) }

    static func event(from bytes: [UInt8]) throws(LockstepError) -> Event {
        try EventCodec.draft(fromJSON: bytes, strict: true).received()
    }

    /// Reads an answer.
    ///
    /// - Throws: ``LockstepError`` with the code `refused`: it is not an answer to this question; why there is none.
    static func answer(from bytes: [UInt8], of office: OfficeName) throws(LockstepError) -> OfficeRehearsal {
        guard bytes.first == UInt8(ascii: "{") else {
            do throws(LockstepError) {
                _ = try DriftCodec.answer(from: bytes)
            } catch  where error.message.contains(DriftCodec.unreadable.message) {
                throw LockstepError(
                    .refused,
                    "The worker of '\(office)' is of an older release, which cannot be asked that. Update it.")
            } catch {
                throw LockstepError(.refused, "The worker of '\(office)' could not answer: \(error.message)")
            }
            throw LockstepError(.refused, "The worker of '\(office)' answered something else than it was asked.")
        }
        guard let answer = try OfficeRehearsal(JSONObject(parsing: bytes)) else {
            throw LockstepError(
                .refused,
                "The worker of '\(office)' is of another release, whose answer cannot be read here. Update both to one release."
            )
        }
        return answer
    }
}
