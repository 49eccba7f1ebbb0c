package import InMemoryTracing
package import Tracing

/// A tracer in memory whose contexts travel as W3C trace context, as those of real ones do.
package struct W3CTracer: Tracer {
    private let memory: InMemoryTracer

    /// A tracer without spans.
    package init() {
        memory = InMemoryTracer(
            idGenerator: InMemoryTracer.IDGenerator(
                nextTraceID: { Self.hexadecimal(words: 2) }, nextSpanID: { Self.hexadecimal(words: 1) }))
    }

    /// A span that has ended.
    package struct Ended: Sendable {
        /// What it was called.
        package let name: String
        /// The trace that it belongs to.
        package let traceID: String
        /// Its own name.
        package let spanID: String
        /// The span that came before.
        package let parentSpanID: String?
        /// The traces that it is linked to.
        package let linkedTraceIDs: [String]
    }

    /// The spans that have ended, in that order.
    package var ended: [Ended] {
        memory.finishedSpans.map { span in
            Ended(
                name: span.operationName, traceID: span.traceID, spanID: span.spanID, parentSpanID: span.parentSpanID,
                linkedTraceIDs: span.links.compactMap { Self.traceID(in: $0.context) })
        }
    }

    /// The trace that a context belongs to.
    package static func traceID(in context: ServiceContext?) -> String? { context?.inMemorySpanContext?.traceID }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> InMemorySpan {
        memory.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line
        )
    }

    package func forceFlush() {}

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Carrier == Inject.Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
        injector.inject("memory=\(span.spanID)", forKey: "tracestate", into: &carrier)
    }

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Carrier == Extract.Carrier {
        let parts = extractor.extract(key: "traceparent", from: carrier)?.split(separator: "-").map(String.init) ?? []
        guard parts.count == 4, parts[1].count == 32, parts[2].count == 16 else { return }
        context.inMemorySpanContext = InMemorySpanContext(traceID: parts[1], spanID: parts[2], parentSpanID: nil)
    }

    private static func hexadecimal(words: Int) -> String {
        (0..<words).map { _ in
            let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
