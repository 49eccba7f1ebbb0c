import Lockstep
import Logging
import RabbitMQ
import ServiceLifecycle

/// Tells offices' workers of each pause and its end, in the process of the hub; also what a command could not tell.
struct PauseTelling: Service {
    /// How often it is looked whether all was told, and still stands.
    private static let interval = Duration.seconds(10)

    let changes: StoreChanges
    let client: RabbitMQClient
    let logger: Logger

    func run() async throws {
        let teller = PauseTeller(file: changes.configuration.hubFile, client: client)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in changes.configurations { _ = await tell(teller, checking: false, told: false) }
                }
                group.addTask {
                    var hasFailed = false
                    repeat {
                        hasFailed = await !tell(teller, checking: true, told: hasFailed)
                    } while (try? await Task.sleep(for: Self.interval)) != nil
                }
            }
        }
    }

    /// - Parameter told: Whether it was logged already that it does not work.
    private func tell(_ teller: PauseTeller, checking: Bool, told: Bool) async -> Bool {
        do {
            try await teller.tell(checking: checking)
            return true
        } catch is CancellationError {
            return true
        } catch {
            logger.log(
                level: told || !checking ? .debug : .notice,
                "Workers on other machines cannot be told of pauses; it is tried again",
                metadata: ["reason": "\(ErrorText.reason(error))"])
            return false
        }
    }
}
