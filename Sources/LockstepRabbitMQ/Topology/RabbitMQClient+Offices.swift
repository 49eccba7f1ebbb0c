public import Lockstep
public import RabbitMQ

extension RabbitMQClient {
    /// Declares offices, and takes away what the deletion of offices of their names has left behind.
    ///
    /// In that order: a delivery of the former office that comes back in between is handed to the new one, and is among the
    /// dead letters, too. The other way round it would be kept where nobody looks.
    ///
    /// - Parameter topology: The offices, and what they need.
    public func declare(_ topology: Topology, of offices: [OfficeName]) async throws {
        try await declare(topology)
        for office in offices { try await unbind(OfficeTopology.lateDeaths(of: office)) }
    }
}
