/// A value behind a reference, so that an expectation may change it.
@dynamicMemberLookup
public final class Held<Value> {
    /// The value.
    public var it: Value

    /// Holds a value.
    public init(_ value: Value) { it = value }

    /// A part of the value.
    public subscript<Part>(dynamicMember path: KeyPath<Value, Part>) -> Part { it[keyPath: path] }
}
