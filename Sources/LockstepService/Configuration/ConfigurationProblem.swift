/// One thing that is wrong with a configuration: where, what, and what to do about it.
///
/// Never holds a secret: neither a URL nor the value of a variable is repeated.
public struct ConfigurationProblem: Sendable, Hashable, Codable {
    /// The file, the variable (`LOCKSTEP_STATE`) or the option (`--state`) that it stands in.
    public var source: String
    /// The line of the file, from 1; nil: it concerns the whole file, or stands in no file.
    public var line: Int?
    /// The column of that line, from 1, in Unicode scalars.
    public var column: Int?
    /// What is wrong, and what to do.
    public var message: String

    /// A problem.
    public init(source: String, line: Int? = nil, column: Int? = nil, message: String) {
        self.source = source
        self.line = line
        self.column = column
        self.message = message
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// The problem in the form that compilers use and editors understand: `lockstep.yaml:12:5: …`.
    public var description: String {
        ([source] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
    }
}

/// A configuration that cannot be used: all that is wrong with it, in the order of the file.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; never empty.
    public let problems: [ConfigurationProblem]

    /// One line for each problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
