import Foundation
import LockstepTesting
import Testing

@Suite("The README's shell", .timeLimit(.minutes(3)))
struct ReadmeTests {
    @Test("its lines start a broker, publish, and show what the office has")
    func shell() async throws {
        let readme = try String(contentsOf: Site.checkout.appending(path: "README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```sh\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        let block = try #require(blocks.first { $0.contains("lockstep broker start") })
        try await withTemporaryDirectory { directory in
            // The office may have it a moment after the last line has looked.
            let script = """
                trap 'kill $(jobs -p); wait; lockstep broker stop >&2' EXIT
                cd '\(directory.path)'
                export PATH='\(Site.products.path)':"$PATH"
                unset LOCKSTEP_CONFIG LOCKSTEP_STATE LOCKSTEP_BROKER_URL LOCKSTEP_MANAGEMENT_URL LOCKSTEP_ORIGIN
                \(block)
                for _ in $(seq 100); do
                    lockstep office ward-3 --record permit/24-019651 && break
                    sleep 0.2
                done
                """
            let ended = try await ChildCommand(
                URL(filePath: "/bin/bash"), ["-c", script], environment: [:]
            ).ended()
            #expect(ended.output.contains("Issued"), "\(ended.output)\n\(ended.error)")
            #expect(ended.output.contains("2024-11-04"))
        }
    }
}
