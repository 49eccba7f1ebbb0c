import FoundationEssentials
import Glibc

/// A program to start: what, with which words and environment, and where its output goes.
package struct ProcessLaunch: Sendable {
    /// The program's absolute path.
    package var executable: String
    /// Its arguments, without the program's own name.
    package var arguments: [String]
    /// Its whole environment; nothing is inherited.
    package var environment: [String: String]
    /// The file that is its standard input.
    package var input: String
    /// The file that takes standard output, by appending, and standard error where that has no file of its own.
    package var output: String
    /// The file that takes standard error, by appending; nil: that of standard output.
    package var errors: String?
    /// Whether the kernel kills it when the thread that started it ends.
    package var diesWithThread: Bool

    /// The account that it runs as, which only root can choose; nil: this process's own.
    package var account: Account?

    /// A user and its group, by their numbers.
    package struct Account: Sendable, Hashable {
        /// The user's number.
        package let user: UInt32
        /// The group's number.
        package let group: UInt32

        /// An account.
        package init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// A launch as this process's own user.
    package init(
        executable: String, arguments: [String], environment: [String: String], input: String = "/dev/null",
        output: String, errors: String? = nil, diesWithThread: Bool, account: Account? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.output = output
        self.errors = errors
        self.diesWithThread = diesWithThread
        self.account = account
    }

    /// Where util-linux has `setpriv`, which asks the kernel for the signal on the parent's death.
    package static let setpriv = "/usr/bin/setpriv"

    /// The command line that is run.
    ///
    /// Between the fork and the request for the signal the parent can die unseen, so the shell looks once more
    /// whose child it is before it turns into the program.
    func commandLine(parent: pid_t) -> [String] {
        var options: [String] = []
        if let account {
            options += ["--reuid", "\(account.user)", "--regid", "\(account.group)", "--clear-groups"]
        }
        if diesWithThread { options += ["--pdeathsig", "KILL"] }
        guard !options.isEmpty else { return [executable] + arguments }
        let command = [executable] + arguments
        guard diesWithThread else { return [Self.setpriv] + options + ["--"] + command }
        let guardian = #"test "$PPID" -eq "$0" && exec "$@""#
        return [Self.setpriv] + options + ["--", "/bin/sh", "-c", guardian, String(parent)] + command
    }

    /// glibc's POSIX_SPAWN_SETSID, which Swift's importer does not see.
    private static let newSession: Int16 = 0x80

    /// A number that no open descriptor is above, with room for those that other threads open meanwhile.
    ///
    /// A descriptor that the node inherited would stay open as long as it runs: the peer of a connection would
    /// never see its end. glibc ignores the numbers in between that are not open.
    private static var highestDescriptor: Int32 {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.compactMap { Int32($0) }
        return (open?.max() ?? 1_000) + 64
    }

    /// Starts it in a session of its own, with default signal handling and no descriptors but the three standard ones.
    ///
    /// A session of its own keeps a terminal's Ctrl-C away from it: whoever owns the process decides how it ends.
    func spawn() throws(ChildProcessError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        let appending = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, appending, 0o600)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, appending, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
        for descriptor in STDERR_FILENO + 1...Self.highestDescriptor {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigfillset(&defaults)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(
            &attributes,
            Self.newSession | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        )

        let words = commandLine(parent: getpid())
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var pid: pid_t = 0
        let result = withCStrings(words) { argv in
            withCStrings(variables) { envp in
                posix_spawn(&pid, words[0], &actions, &attributes, argv, envp)
            }
        }
        guard result == 0 else {
            throw ChildProcessError("\(words[0]) could not be started: \(describe(errno: result)).")
        }
        return pid
    }
}

/// Lends the strings as a null-terminated array of C strings, valid only inside the closure.
private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
}
