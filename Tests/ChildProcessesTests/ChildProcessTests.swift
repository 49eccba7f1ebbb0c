import FoundationEssentials
import Glibc
import LockstepTesting
import Testing

@testable import ChildProcesses

@Suite(.timeLimit(.minutes(1)))
struct ChildProcessTests {
    private func launch(_ program: String, _ arguments: [String], output: URL? = nil) throws -> ChildProcess {
        try ChildProcess(
            ProcessLaunch(
                executable: program,
                arguments: arguments,
                environment: ["PATH": "/usr/bin:/bin"],
                output: output?.path ?? "/dev/null",
                diesWithThread: true
            )
        )
    }

    @Test func reportsTheExitStatus() async throws {
        let process = try launch("/bin/sh", ["-c", "exit 3"])
        #expect(await process.ended() == .exited(3))
        #expect(process.exit == .exited(3))
        #expect(!process.signal(SIGKILL), "its id may belong to another process by now")
    }

    @Test func readsItsInputAndKeepsErrorsApart() async throws {
        try await withTemporaryDirectory { directory in
            let names = ["input", "output", "errors"].map { directory.appending(path: $0) }
            try Data("a line\n".utf8).write(to: names[0])
            let process = try ChildProcess(
                ProcessLaunch(
                    executable: "/bin/sh", arguments: ["-c", "cat; echo wrong >&2"], environment: [:],
                    input: names[0].path, output: names[1].path, errors: names[2].path, diesWithThread: false))
            #expect(await process.ended() == .exited(0))
            #expect(try Data(contentsOf: names[1]) == Data("a line\n".utf8))
            #expect(try Data(contentsOf: names[2]) == Data("wrong\n".utf8))
        }
    }

    /// What it starts lives on with whatever it has inherited, and is not waited for.
    @Test func aShortProgramIsWaitedForWhereItIsCalled() throws {
        func run(_ words: String) throws -> ProcessExit {
            try ProcessLaunch(
                executable: "/bin/sh", arguments: ["-c", words], environment: ["PATH": "/usr/bin:/bin"],
                output: "/dev/null", diesWithThread: false
            ).run()
        }
        #expect(try run("sleep 3 & kill -KILL $$") == .signalled(SIGKILL))
        #expect(try run("exit 3") == .exited(3))
    }

    @Test func reportsTheSignal() async throws {
        let process = try launch("/bin/sleep", ["1000"])
        #expect(process.exit == nil)
        #expect(process.signal(SIGTERM))
        #expect(await process.ended() == .signalled(SIGTERM))
    }

    @Test func waitingEndsAtTheLimit() async throws {
        let process = try launch("/bin/sleep", ["1000"])
        #expect(await process.ended(within: .milliseconds(20)) == nil)
        process.signal(SIGKILL)
        #expect(await process.ended(within: .seconds(30)) == .signalled(SIGKILL))
    }

    @Test func aCancelledWaitEndsAtOnce() async throws {
        let process = try launch("/bin/sleep", ["1000"])
        let exit = await withTaskGroup(of: ProcessExit?.self) { group in
            group.addTask { await process.ended() }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(exit == nil)
        #expect(process.exit == nil)
    }

    @Test func diesWithItsOwner() async throws {
        let pid: Int32
        do {
            pid = try launch("/bin/sleep", ["1000"]).pid
        }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(30))
        while isAlive(pid) && clock.now < deadline { await Task.yield() }
        #expect(!isAlive(pid))
    }

    @Test(.enabled(if: getuid() == 0, "only root may run a program as somebody else"))
    func runsAsAnotherUserAndStillDiesWithItsOwner() async throws {
        try await withTemporaryDirectory { directory in
            let output = directory.appending(path: "output")
            let nobody = ProcessLaunch.Account(user: 65_534, group: 65_534)
            let pid: Int32
            do {
                let process = try ChildProcess(
                    ProcessLaunch(
                        executable: "/bin/sh", arguments: ["-c", "id -u; id -g; exec sleep 1000"],
                        environment: ["PATH": "/usr/bin:/bin"], output: output.path, diesWithThread: true,
                        account: nobody))
                pid = process.pid
                try await eventually { try String(contentsOf: output, encoding: .utf8) == "65534\n65534\n" }
            }
            try await eventually { !isAlive(pid) }
        }
    }

    @Test func inheritsNoDescriptorsAndNoIgnoredSignals() async throws {
        try await withTemporaryDirectory { directory in
            let output = directory.appending(path: "output")
            // Open without close-on-exec, as a library might do it.
            let descriptor = open("/dev/null", O_RDONLY)
            let handling = Glibc.signal(SIGUSR2, SIG_IGN)
            defer {
                close(descriptor)
                Glibc.signal(SIGUSR2, handling)
            }
            let process = try launch(
                "/bin/sh", ["-c", "ls /proc/$$/fd; grep SigIgn /proc/self/status"], output: output)
            #expect(await process.ended() == .exited(0))
            let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
            #expect(!lines.contains("\(descriptor)"))
            let ignored = try #require(lines.last?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
            #expect(ignored & (1 << UInt64(SIGUSR2 - 1)) == 0)
        }
    }

    @Test func saysWhatCouldNotBeStarted() async throws {
        let error = #expect(throws: ChildProcessError.self) {
            _ = try ChildProcess(
                ProcessLaunch(
                    executable: "/no/such/program", arguments: [], environment: [:], output: "/dev/null",
                    diesWithThread: false
                )
            )
        }
        #expect(error?.message.contains("/no/such/program") == true)
    }
}

/// Whether a process with this id is there, and not only its remains.
private func isAlive(_ pid: Int32) -> Bool {
    let stat = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8)) ?? ""
    return !stat.isEmpty && !stat.contains(") Z ")
}
