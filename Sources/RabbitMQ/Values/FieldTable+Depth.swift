extension FieldTable {
    /// How deep tables and arrays may be nested; what is deeper is cut when a message is read, and refused
    /// when one is published.
    public static let maximumDepth = 32
}
