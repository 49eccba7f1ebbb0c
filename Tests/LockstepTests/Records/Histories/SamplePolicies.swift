import Lockstep
import Testing

/// One policy of each kind.
struct SamplePolicies {
    let all: [ConflictPolicy]

    init() throws {
        let some = try ["origin-2", "origin-0"].map(Origin.init)
        all = [
            .newest,
            ConflictPolicy(.prefer(some)),
            ConflictPolicy(.ask),
            ConflictPolicy(LargestText(), fields: ["status": .prefer(some.reversed()), "ward": .ask]),
        ]
    }

    /// Checks that two records show the same, and that the same is left open.
    func demandTheSame(_ left: Record, _ right: Record) throws {
        for policy in all {
            try demand(
                left.shown(by: policy)?.text == right.shown(by: policy)?.text,
                "two replicas show different by \(policy.standard)")
            try demand(
                left.openConflicts(by: policy) == right.openConflicts(by: policy),
                "two replicas leave other conflicts open by \(policy.standard)")
        }
    }
}

/// A resolver of an app's own: the content that sorts last; a removal sorts first.
private struct LargestText: ConflictResolver {
    func choose(among values: [Register.Value], of field: String) -> Register.Value {
        values.reduce(values[0]) { largest, value in
            (value.content?.text ?? "") > (largest.content?.text ?? "") ? value : largest
        }
    }
}
