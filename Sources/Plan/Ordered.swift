/// A set that is written in order, so that equal values are written with equal bytes.
@propertyWrapper
public struct Ordered<Element: Comparable & Hashable & Codable & Sendable>: Hashable, Codable, Sendable {
    /// The set.
    public var wrappedValue: Set<Element>

    /// Holds a set.
    public init(wrappedValue: Set<Element>) { self.wrappedValue = wrappedValue }

    /// Reads the elements, in whatever order they come.
    public init(from decoder: any Decoder) throws {
        wrappedValue = Set(try decoder.singleValueContainer().decode([Element].self))
    }

    /// Writes the elements in order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue.sorted())
    }
}
