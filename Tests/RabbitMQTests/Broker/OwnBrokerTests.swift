import Testing

/// Tests that start brokers of their own, one after the other.
///
/// A node that starts takes both processors for seconds, so `deploy/test` runs these apart from all others, which watch
/// time.
@Suite(.serialized)
enum OwnBrokerTests {}
