import Lockstep
import LockstepHTTP

extension Subscription {
    /// What tells the office's own system of its changes; nil: its replica and its calendar are all there is.
    ///
    /// - Throws: ``/Lockstep/LockstepError`` with the code `invalidConfiguration`, which repeats neither URL nor secret.
    func adapter() throws(LockstepError) -> (any Adapter)? {
        guard let callback else { return nil }
        return try WebhookAdapter(callback, pace: pace)
    }
}
