public import ArgumentParser
public import Lockstep

extension EventOperation: ExpressibleByArgument {
    /// What can be published; a record's state cannot.
    public static var allValueStrings: [String] { allCases.filter { $0 != .state }.map(\.rawValue) }
}
