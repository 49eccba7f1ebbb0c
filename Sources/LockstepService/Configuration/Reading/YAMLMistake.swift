import Yams

/// Says what is wrong with a text that is no YAML.
///
/// The parser's own description repeats lines of the file, and a line may hold a password.
enum YAMLMistake {
    static func problem(_ error: YamlError, in text: String, file: String) -> ConfigurationProblem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return ConfigurationProblem(
                source: file,
                line: mark.line,
                column: mark.column,
                message: message(context: context, problem: problem, character: character(of: text, at: mark))
            )
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            return ConfigurationProblem(
                source: file,
                line: context.mark.line,
                column: context.mark.column,
                message: "\(names) stands here and again further down in the same block; keep one of them"
            )
        case .reader(_, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let lastLine = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
            return ConfigurationProblem(
                source: file,
                line: before.count { $0.isNewline } + 1,
                column: lastLine.unicodeScalars.count + 1,
                message: "a character that YAML does not allow; remove it, or write it as an escape between "
                    + "double quotes"
            )
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return ConfigurationProblem(source: file, message: "the YAML parser failed without a reason")
        }
    }

    private static func message(context: YamlError.Context?, problem: String, character: Character?) -> String {
        if character == "\t" {
            return "a tab; YAML is indented with blanks: replace it"
        }
        if problem.hasPrefix("but found another document") {
            return "a second document begins here; remove the line '---'"
        }
        if problem.hasSuffix("undefined alias") || context?.text.contains("an alias") == true {
            return "'*' begins an alias of YAML's; put a pattern that begins with '*' between quotes"
        }
        let place = context.map { ", \($0.text) that begins in line \($0.mark.line)" } ?? ""
        let advice =
            "check the indentation, and put values with ': ', ' #' or a leading special character between quotes"
        return "not valid YAML: \(problem)\(place); \(advice)"
    }

    private static func character(of text: String, at mark: Mark) -> Character? {
        let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first.map(Character.init)
    }
}
