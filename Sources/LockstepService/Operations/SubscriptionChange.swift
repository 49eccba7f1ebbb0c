import Lockstep

/// What was done to a subscription.
public struct SubscriptionChange: Detailed, Hashable {
    /// The office's name.
    public var office: String
    /// `created`, `changed`, `paused`, `resumed` or `deleted`.
    public var done: String
    /// Further words for people.
    public var note: String
    /// How many deliveries became dead letters on the way.
    public var deadLetters: Int

    init(_ office: OfficeName, _ done: String, note: String, deadLetters: Int = 0) {
        self.office = office.text
        self.done = done
        self.note = note
        self.deadLetters = deadLetters
    }

    public var details: [Detail] {
        [Detail("office", office), Detail(done, note)]
            + (deadLetters > 0 ? [Detail("dead letters", deadLetters)] : [])
    }
}
