import Lockstep

extension Operations {
    /// How long to wait for the broker: the pause stands already, and the hub goes on trying.
    private static let tellingPatience = Duration.seconds(3)

    /// Tells workers, wherever they are, of the pauses and resumptions that the hub's store has noted.
    ///
    /// - Returns: For people, where that is not possible now: the store has it all the same, workers that see it follow, and
    ///   it is told by the hub, or with the next command; nil: all are told.
    func tellOfPauses() async -> String? {
        do {
            let file = configuration.hubFile
            try await withClient("subscriptions", patience: Self.tellingPatience) { client in
                try await PauseTeller(file: file, client: client).tell()
            }
            return nil
        } catch {
            var reason = ErrorText.reason(error)
            while reason.last == "." { reason.removeLast() }
            return "workers on other machines are not told yet (\(reason)); the hub goes on trying, or run this again"
        }
    }
}
