extension Subscription {
    /// Whether an office would work by the other one as it does by this one.
    ///
    /// How many deliveries its queue may have is a matter of the queue, which is made anew for that, and not of its work.
    ///
    /// Of resolvers it goes by their descriptions: those of an app's own that differ should say so in theirs.
    public func isSame(as other: Subscription) -> Bool {
        office == other.office && events == other.events && delivery == other.delivery && retry == other.retry
            && calendar == other.calendar && callback == other.callback && order == other.order && pace == other.pace
            && conflicts.descriptions == other.conflicts.descriptions
    }
}

extension ConflictPolicy {
    /// What each resolver says of itself, by field; the standard's field has no name.
    fileprivate var descriptions: [String?: String] {
        var descriptions: [String?: String] = [nil: "\(standard)"]
        for (field, resolver) in fields { descriptions[field] = "\(resolver)" }
        return descriptions
    }
}
