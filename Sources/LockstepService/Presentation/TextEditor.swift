import FoundationEssentials
import Glibc
public import Lockstep

/// The editor that a person likes, for what is too long for a command line.
public enum TextEditor {
    /// Refuses where nobody sits in front of a terminal, or no editor is named.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` that says what to give instead.
    public static func check() throws(LockstepError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, command != nil else {
            throw LockstepError(
                .invalidEvent,
                "Nothing is changed: give --set field=value, --data FILE or --attribute name=value. (On a terminal, with "
                    + "the variable EDITOR set, an editor opens instead.)"
            )
        }
    }

    /// Lets a person edit a JSON object, one member a line.
    ///
    /// The file is readable for this account only, and gone afterwards.
    /// - Throws: ``/Lockstep/LockstepError`` where the editor fails or leaves what is no JSON object.
    public static func edit(_ object: JSONObject) throws -> JSONObject {
        try check()
        let directory = FileManager.default.temporaryDirectory.appending(path: "lockstep-edit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "data.json")
        try Data(text(of: object).utf8).write(to: file)
        // As the shell reads it: an editor may come with arguments. The path has no character that is special to it.
        guard system("\(command ?? "") '\(file.path)'") == 0 else {
            throw LockstepError(.invalidEvent, "The editor failed, so nothing is changed and nothing was sent.")
        }
        return try JSONObject(parsing: Array(try Data(contentsOf: file)))
    }

    private static var command: String? {
        let names: [String] = ["VISUAL", "EDITOR"]
        return names.lazy.compactMap { name in getenv(name).map { String(cString: $0) } }.first { !$0.isEmpty }
    }

    private static func text(of object: JSONObject) -> String {
        let members = object.fields.map { "  \(JSONText(string: $0.name).text): \($0.value.text)" }
        return members.isEmpty ? "{\n}\n" : "{\n" + members.joined(separator: ",\n") + "\n}\n"
    }
}
