/// What was published, and which offices have it.
public struct Waited<Published: Detailed>: Detailed {
    /// What was published.
    public var published: Published
    /// Who has it.
    public var offices: WaitReport

    /// An answer.
    public init(published: Published, offices: WaitReport) {
        self.published = published
        self.offices = offices
    }

    public var details: [Detail] { published.details + offices.details }
}
