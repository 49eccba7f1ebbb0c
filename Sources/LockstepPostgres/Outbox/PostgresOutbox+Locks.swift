import Lockstep

/// Which records other relays are kept from, and until when.
///
/// A record's lock is let go of after the settlement of its rows has committed, and by the session that claims: so
/// whoever has the lock next sees that they are settled. While this relay is alone it keeps the locks instead, since it
/// would take them again with the next claim. What others may have is found out with each claim, settlement and purge.
extension PostgresOutbox {
    /// Whether no other relay's session has the lock that all of them share.
    static let isAlone = """
        CASE WHEN pg_try_advisory_lock(\(LockSpace.relays), 0) THEN pg_advisory_unlock(\(LockSpace.relays), 0)
        ELSE false END
        """

    private static let unlock = "SELECT pg_advisory_unlock(\(LockSpace.claims), key) FROM unnest($1::integer[]) AS key"

    /// Takes out of hand what was settled, unless a claim is under way: it does so at its end.
    func tidyUpIfFree() async {
        await aloneIfFree {
            repeat {
                await takeOutSettled()
                if !claims.idle.isEmpty, await othersMayWait() { await letGoOfIdle() }
            } while !settled.isEmpty
        }
    }

    /// The same at the end of a claim, which has found out whether there is another relay.
    func tidyUpAfterClaim() async {
        repeat {
            await takeOutSettled()
            if rest != .unknown || !isAlone { await letGoOfIdle() }
        } while !settled.isEmpty
    }

    private func takeOutSettled() async {
        guard !settled.isEmpty else { return }
        claims.remove(settled)
        settled = []
        await haveRoom()
    }

    /// Whether there is another relay; also true when this one is about to sleep, as nothing would tell it of one then.
    private func othersMayWait() async -> Bool {
        guard rest == .unknown, let session = claims.session else { return true }
        do throws(LockstepError) {
            let rows = try await worker.query("SELECT \(Self.isAlone)", in: session)
            isAlone = rows[0, 0] == "t"
        } catch {
            await worker.close()
            return true
        }
        return !isAlone
    }

    /// Lets other relays have the records of which no row is in hand.
    func letGoOfIdle() async {
        let keys = claims.removeIdle()
        guard !keys.isEmpty, let session = claims.session else { return }
        do throws(LockstepError) {
            _ = try await worker.query(Self.unlock, [PostgresArray.of(keys)], in: session)
        } catch {
            // The end of the session lets go of all.
            await worker.close()
        }
    }

    /// Ends a wait of this relay's own for fewer records in hand.
    func haveRoom() async {
        guard rest == .withSelf else { return }
        rest = .unknown
        await listener.signal()
    }
}
