extension Operations {
    /// Checks all that Lockstep needs, from the broker to the disk; a check that fails does not end it.
    public func doctor() async -> [DoctorRow] {
        await Doctor(operations: self).examine()
    }
}
