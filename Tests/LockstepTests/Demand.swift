import Testing

/// A rule did not hold somewhere in a random history.
struct BrokenRule: Error, CustomStringConvertible {
    let rule: String
    let location: SourceLocation

    var description: String { "\(location): \(rule)" }
}

/// Ends the history where a rule does not hold.
///
/// `#require` takes its expression apart each time, also where it holds; millions of times that is minutes.
func demand(
    _ holds: Bool, _ rule: @autoclosure () -> String = "it does not agree with the model",
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    guard !holds else { return }
    throw BrokenRule(rule: rule(), location: sourceLocation)
}
