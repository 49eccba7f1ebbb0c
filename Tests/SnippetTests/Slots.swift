import Lockstep

/// The system of an office that snippets speak of: which record is in which slot.
actor Slots {
    private(set) var held: [Subject: JSONObject] = [:]

    func put(_ subject: Subject, _ data: JSONObject?) throws {
        held[subject] = data
    }

    func move(_ change: Change) throws {
        held[change.subject] = change.data
    }
}
