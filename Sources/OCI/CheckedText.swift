/// A value that is a text, checked once when it is made; it is written and read as that text.
public protocol CheckedText: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
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

    /// Orders by the text's bytes.
    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
