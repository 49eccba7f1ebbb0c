public import Lockstep
import LockstepRabbitMQ
import RabbitMQ

extension Operations {
    /// An office whose dead letters can be looked at and thrown away: one of the configuration, or one that was deleted and
    /// left some behind.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `notFound`, as ``Configuration/office(named:)``.
    public func officeWithDeadLetters(_ name: String) async throws -> OfficeName {
        let configuration = try await current()
        do throws(LockstepError) {
            return try configuration.office(named: name).office
        } catch {
            guard let office = try? OfficeName(name) else { throw error }
            let isThere = try await withClient("dead-letters \(office)") { client in
                try await client.inspect(queue: BrokerName.deadLetters(of: office)) != nil
            }
            guard isThere else { throw error }
            return office
        }
    }
}
