import FoundationEssentials
public import Lockstep

extension Configuration {
    /// The offices of these names, in that order and each once.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound`, with the nearest known name.
    public func offices(named names: [String]) throws(LockstepError) -> [Subscription] {
        var found: [Subscription] = []
        for name in names where !found.contains(where: { $0.office.text == name }) {
            found.append(try office(named: name))
        }
        return found
    }

    /// All offices that have a queue: not those that receive over HTTP.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound` if there is none.
    public func allOffices() throws(LockstepError) -> [Subscription] {
        let offices = offices.filter { receivers[$0.office] == nil }
        guard !offices.isEmpty else {
            throw LockstepError(.notFound, "the configuration has no office; \(whereToAdd)")
        }
        return offices
    }

    /// The office of a name.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound`, with the nearest known name.
    public func office(named name: String) throws(LockstepError) -> Subscription {
        if let found = offices.first(where: { $0.office.text == name }) { return found }
        let known = offices.map(\.office.text)
        let advice =
            if let nearest = NearestName.of(name, among: known) {
                "did you mean '\(nearest)'?"
            } else if known.isEmpty {
                whereToAdd
            } else {
                "the configuration has \(known.joined(separator: ", "))"
            }
        throw LockstepError(.notFound, "there is no office '\(name)'; \(advice)")
    }

    private var whereToAdd: String {
        if let file { return "add it under 'offices' in \(file.path)" }
        return "no lockstep.yaml was found here or in /etc/lockstep; name one with --config or LOCKSTEP_CONFIG"
    }
}
