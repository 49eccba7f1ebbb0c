import Glibc

/// Who runs this process, for what is audited.
public enum UserName {
    /// The account's name; of somebody who became root by `sudo`, that of his own account; else its number.
    public static var current: String {
        if getuid() == 0, let own = getenv("SUDO_USER").map({ String(cString: $0) }), !own.isEmpty { return own }
        guard let account = getpwuid(getuid()), let name = account.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }
}
