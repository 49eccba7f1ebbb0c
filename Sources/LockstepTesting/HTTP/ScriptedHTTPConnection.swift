import Glibc
import NIOCore
import Synchronization

/// One connection to a scripted HTTP server: gathers requests, and answers as the script says.
final class ScriptedHTTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let channel: any NIOCore.Channel
    private let log: HTTPRequestLog
    private let script: ScriptedHTTPServer.Script
    private var received: [UInt8] = []
    private var trickle: RepeatedTask?

    init(_ channel: any NIOCore.Channel, log: HTTPRequestLog, script: @escaping ScriptedHTTPServer.Script) {
        self.channel = channel
        self.log = log
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        while let request = nextRequest() { answer(script(request)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        trickle?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that is tested may close as it likes.
        context.close(promise: nil)
    }

    /// Takes a request off the front of what has arrived; nil: none is whole yet.
    private func nextRequest() -> ScriptedHTTPServer.Request? {
        guard let start = endOfHead() else { return nil }
        let lines = String(decoding: received[..<start], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        let bodyStart = start + 4
        guard received.count >= bodyStart + length, words.count == 3 else { return nil }
        let body = Array(received[bodyStart..<bodyStart + length])
        received.removeFirst(bodyStart + length)
        return log.request(words[0], words[1], headers, body)
    }

    /// Where the empty line begins that ends a request's headers; nil: it has not arrived.
    private func endOfHead() -> Int? {
        received.withUnsafeBytes { bytes in
            var index = 3
            while index < bytes.count {
                // Most bytes are neither.
                if bytes[index] == 0x0A, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D {
                    return index - 3
                }
                index += 1
            }
            return nil
        }
    }

    private func answer(_ answer: ScriptedHTTPServer.Answer) {
        switch answer {
        case .status(let code, let headers, let body):
            let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            send("HTTP/1.1 \(code) Scripted\r\ncontent-length: \(body.utf8.count)\r\n\(lines)\r\n\(body)")
        case .never: break
        case .byteByByte(let milliseconds):
            dribble(
                Array("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".utf8)[...], every: .milliseconds(milliseconds))
        case .flood(let code, let bytes):
            send("HTTP/1.1 \(code) Scripted\r\ncontent-length: \(bytes)\r\n\r\n")
            flood(bytes)
        case .endless:
            send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            let channel = channel
            trickle = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
                channel.writeAndFlush(ByteBuffer(string: "1\r\nx\r\n"), promise: nil)
            }
        case .reset:
            guard let socket = channel as? any SocketOptionProvider else {
                preconditionFailure("A connection of NIO's is a socket.")
            }
            let channel = channel
            // A time of zero to linger makes the kernel send a reset.
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        case .raw(let text):
            let channel = channel
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private func dribble(_ bytes: ArraySlice<UInt8>, every pause: TimeAmount) {
        let rest = Mutex(bytes)
        let channel = channel
        trickle = channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: pause) { task in
            guard let byte = rest.withLock({ $0.popFirst() }) else { return task.cancel() }
            channel.writeAndFlush(ByteBuffer(bytes: [byte]), promise: nil)
        }
    }

    private func flood(_ bytes: Int) {
        guard bytes > 0 else { return }
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: min(bytes, 1 << 20))
        channel.writeAndFlush(piece).assumeIsolated().whenSuccess { [self] in
            log.flooded(piece.readableBytes)
            flood(bytes - piece.readableBytes)
        }
    }
}
