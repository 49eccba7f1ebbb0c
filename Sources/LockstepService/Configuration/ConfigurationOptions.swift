/// What the command line says about the configuration; it goes before the environment and the file.
public struct ConfigurationOptions: Sendable, Hashable {
    /// `--config`: the file.
    public var file: String?
    /// `--state`: the state's directory.
    public var state: String?
    /// `--origin`: who publishes from here.
    public var origin: String?
    /// `--metrics-port`: the port of the metrics; 0: any that is free.
    public var metricsPort: Int?
    /// `--listen`: where the hub listens.
    public var hubListen: String?
    /// `--log-level`.
    public var logLevel: String?
    /// `--log-format`.
    public var logFormat: String?

    /// Nothing said.
    public init() {}
}
