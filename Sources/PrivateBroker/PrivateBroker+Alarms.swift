extension PrivateBroker {
    /// A resource that a node guards: when it runs short, nobody in the whole cluster may publish.
    public enum Resource: Sendable, Hashable, CaseIterable {
        /// The node's memory.
        case memory
        /// The space on its disk.
        case disk
    }

    /// Makes the node believe that a resource runs short, until ``clearAlarm(_:)`` or its restart.
    ///
    /// Connections that publish are blocked from then on; it may take them a second to notice.
    ///
    /// - Throws: ``PrivateBrokerError`` when the node does not run.
    public nonisolated func raiseAlarm(_ resource: Resource) async throws {
        switch resource {
        case .memory: _ = try await control(["set_vm_memory_high_watermark", "absolute", "1MB"])
        case .disk: _ = try await control(["set_disk_free_limit", "1000000GB"])
        }
    }

    /// Ends an alarm: the limits are those of a new node again, whatever its configuration says.
    ///
    /// - Throws: ``PrivateBrokerError`` when the node does not run.
    public nonisolated func clearAlarm(_ resource: Resource) async throws {
        switch resource {
        case .memory: _ = try await control(["set_vm_memory_high_watermark", "0.9"])
        case .disk: _ = try await control(["set_disk_free_limit", "1MB"])
        }
    }
}
