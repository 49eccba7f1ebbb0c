/// Why a wait on an ``EventThread`` ended.
public enum Activity: Sendable, Hashable {
    /// The descriptor has something to read, or room where that was asked for, or is broken: a call will tell.
    case readable
    /// The deadline passed.
    case timedOut
    /// ``EventThread/interrupt()`` was called, perhaps before the wait began.
    case interrupted
}
