/// Something that a network, or the other side, does to a connection.
public struct Fault: Sendable, Hashable {
    enum Kind: Hashable {
        case latency(Duration)
        case bandwidth(Int)
        case freeze
        case swallow
        case cut(after: Int, from: WireMethod?)
        case drop(WireMethod)
        case hold(WireMethod)
    }

    let kind: Kind

    /// Everything comes later by this time; the order stays.
    ///
    /// Several add up.
    public static func latency(_ time: Duration) -> Fault { Fault(kind: .latency(time)) }

    /// No more than so many bytes come through in a second.
    ///
    /// Of several the smallest counts.
    public static func bandwidth(bytesPerSecond: Int) -> Fault {
        precondition(bytesPerSecond > 0, "Without any bandwidth it is a freeze.")
        return Fault(kind: .bandwidth(bytesPerSecond))
    }

    /// A black hole that keeps what falls into it: the connection stays open, and nothing is read or passed on.
    ///
    /// The system's buffers fill up, as they do when the other side is frozen. Also the end of a connection is not
    /// passed on. Healed, everything goes on where it stood.
    public static let freeze = Fault(kind: .freeze)

    /// A black hole that loses what falls into it: everything is read, and nothing is passed on.
    ///
    /// A sender never finds its buffer full. Healed, a connection that lost something is reset: bytes are missing in
    /// the middle of its stream.
    public static let swallow = Fault(kind: .swallow)

    /// Ends the connection when so many more bytes have been passed on.
    ///
    /// The receiver gets exactly those bytes and then the end of the stream; the sender is reset. It strikes one
    /// connection, the first that comes so far, and is spent then: whoever connects again gets through.
    ///
    /// - Parameters:
    ///   - bytes: 0 cuts at once, or right before the first frame of `method`.
    ///   - method: Counts from the first byte of the next frame of this method; without it from now, or from the
    ///     beginning of a later connection.
    public static func cut(afterBytes bytes: Int, from method: WireMethod? = nil) -> Fault {
        precondition(bytes >= 0, "A connection cannot be cut in the past.")
        return Fault(kind: .cut(after: bytes, from: method))
    }

    /// The frames of this method get lost, with the header and the body that belong to them.
    public static func drop(_ method: WireMethod) -> Fault { Fault(kind: .drop(method)) }

    /// The frames of this method are kept back, with the header and the body that belong to them.
    ///
    /// Others overtake them. Healed, they are passed on in their order.
    public static func hold(_ method: WireMethod) -> Fault { Fault(kind: .hold(method)) }
}

/// A fault that was injected, to be healed by its name.
public struct InjectedFault: Sendable, Hashable {
    let number: Int
}
