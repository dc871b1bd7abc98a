/// The header fields of a message, in their order and spelling.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    /// Names and values as they stand on the wire.
    public var fields: [(name: String, value: String)]

    /// Makes a list of fields.
    public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    /// Makes a list of fields from a literal.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value under a name, whatever its case; setting nil takes all of that name out.
    public subscript(name: String) -> String? {
        get { fields.first { Self.same($0.name, name) }?.value }
        set {
            fields.removeAll { Self.same($0.name, name) }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    /// Whether there is a field of a name.
    public func contains(_ name: String) -> Bool { self[name] != nil }

    private static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
    }
}
