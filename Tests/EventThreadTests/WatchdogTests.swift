import Glibc
import Testing

@testable import EventThread

@Suite(.timeLimit(.minutes(1)))
struct WatchdogTests {
    /// A connected pair of sockets; nobody ever writes, so a read blocks for ever.
    private func withSocketPair(_ body: (Int32, Int32) throws -> Void) rethrows {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer {
            close(ends[0])
            close(ends[1])
        }
        try body(ends[0], ends[1])
    }

    @Test
    func freesACallThatHangs() {
        withSocketPair { socket, _ in
            let watchdog = Watchdog(limit: .milliseconds(100))
            watchdog.watch(socket: socket)
            let start = ContinuousClock.now
            let count = watchdog.guarding { () -> Int in
                var byte: UInt8 = 0
                return read(socket, &byte, 1)
            }
            #expect(count == 0, "the stuck read sees the end of the stream")
            #expect(ContinuousClock.now - start >= .milliseconds(100), "not before the limit")
            #expect(watchdog.interventions == 1)
        }
    }

    @Test
    func leavesShortCallsAlone() {
        withSocketPair { socket, peer in
            // Far longer than any one call may take on a machine that is busy with other tests.
            let watchdog = Watchdog(limit: .seconds(2))
            watchdog.watch(socket: socket)
            let end = ContinuousClock.now + .seconds(3)
            // Many short calls in a row take longer than the limit together, and are none of its business.
            while ContinuousClock.now < end {
                watchdog.guarding { _ = send(peer, "x", 1, Int32(MSG_NOSIGNAL)) }
                watchdog.guarding {
                    var byte: UInt8 = 0
                    _ = read(socket, &byte, 1)
                }
            }
            #expect(watchdog.interventions == 0)
        }
    }

    @Test
    func touchesNothingBetweenCalls() {
        withSocketPair { socket, peer in
            let watchdog = Watchdog(limit: .milliseconds(20))
            watchdog.watch(socket: socket)
            var quiet = pollfd(fd: peer, events: Int16(POLLIN), revents: 0)
            // Idle for ten limits: the peer would see the end of the stream.
            #expect(poll(&quiet, 1, 200) == 0)
        }
    }
}
