/// The value of one `Authorization` field, and which one it is, so that a refused one can be named.
public struct Authorization: Sendable, Hashable, CustomStringConvertible {
    /// Its number; a later one has a higher number.
    public let id: UInt64
    /// The field's value.
    public let field: Secret

    /// The number, for logs.
    public var description: String { "authorization \(id)" }
}
