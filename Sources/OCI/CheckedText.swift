/// A value that is a text, checked once when it is made; it is written and read as that text.
public protocol CheckedText: Hashable, Sendable, Comparable, Codable, CodingKeyRepresentable,
    CustomStringConvertible
{
    /// Why a text is not taken.
    associatedtype Fault: Error
    /// Checks a text.
    init(_ text: String) throws(Fault)
}

extension CheckedText {
    /// Reads the text, and checks it.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// The text, where it is the key of a dictionary: one that is written with its keys in order.
    public var codingKey: any CodingKey { TextKey(stringValue: description) }

    /// Checks a dictionary's key.
    public init?(codingKey: some CodingKey) {
        guard let value = try? Self(codingKey.stringValue) else { return nil }
        self = value
    }

    /// Orders by the text's bytes.
    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

private struct TextKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
