/// In which order an office's system is told of the changes of one record.
public struct DeliveryOrder: Sendable, Hashable {
    private enum Wrapped { case arrival, record }
    private let wrapped: Wrapped

    /// As they arrive: what failed and is tried again may come after what was published later.
    public static let arrival = DeliveryOrder(wrapped: .arrival)
    /// As they were published for each record: while one of its events waits to be tried again, its later ones wait, too.
    public static let record = DeliveryOrder(wrapped: .record)
}
