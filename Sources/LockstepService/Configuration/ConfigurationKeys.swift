/// The keys that `lockstep.yaml` may have.
public enum ConfigurationKeys {
    /// All of them but the offices' names, in no particular order; some stand in several blocks.
    public static let all: [String] =
        names(RootKey.self) + names(BrokerKey.self) + names(TLSKey.self) + names(OfficeKey.self)
        + names(DeliveryKey.self) + names(BatchKey.self) + names(RetryKey.self) + names(ConflictsKey.self)
        + names(CalendarKey.self) + names(BookingKey.self) + names(CallbackKey.self)
        + names(ReceiveKey.self) + names(ListenTLSKey.self)
        + names(OutboxKey.self) + names(LedgerKey.self) + names(ReconcileKey.self) + names(MetricsKey.self)
        + names(ArchiveKey.self) + names(HubKey.self) + names(HubTLSKey.self) + names(HubRequestsKey.self)
        + names(LimitsKey.self) + names(LoggingKey.self)

    private static func names<Key: SettingKey>(_ keys: Key.Type) -> [String] { keys.allCases.map(\.rawValue) }
}
