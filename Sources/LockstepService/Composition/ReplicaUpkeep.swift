import Lockstep
import LockstepSQLite
import Logging
import ServiceLifecycle

/// Keeps an office's replica from growing for good: forgets from time to time what only old changes could need.
struct ReplicaUpkeep: Sendable {
    /// How often all records are gone through.
    private static let pause = Duration.seconds(3600)
    /// Leaves the disk to the worker between two steps.
    private static let breath = Duration.milliseconds(50)

    let replica: SQLiteReplica
    /// The oldest change that is still taken in; nil: nothing is forgotten.
    let age: Duration?
    let logger: Logger
    var clock: any Clock<Duration> = ContinuousClock()

    /// Works until it is cancelled or the service group shuts down.
    func run() async {
        guard let age else { return }
        await cancelWhenGracefulShutdown {
            while (try? await clock.sleep(for: Self.pause)) != nil { await goThroughAll(keeping: age) }
        }
    }

    func goThroughAll(keeping age: Duration) async {
        var (compacted, forgotten) = (0, 0)
        var last: Subject?
        do throws(LockstepError) {
            repeat {
                let step = try await replica.compact(keeping: age, after: last)
                compacted += step.compacted
                forgotten += step.forgotten
                last = step.last
                if last != nil, (try? await Task.sleep(for: Self.breath)) == nil { return }
            } while last != nil
        } catch {
            // Where that needs a person, the worker ends for the same reason with its next batch.
            logger.warning("The replica could not be compacted; it is tried again", metadata: ["reason": "\(error)"])
            return
        }
        guard compacted + forgotten > 0 else { return }
        logger.info(
            "The replica was compacted", metadata: ["compacted": "\(compacted)", "forgotten": "\(forgotten)"])
    }
}
