/// A value in a table's item: a text or a whole number; others are read as what they are, and never written.
public enum AttributeValue: Hashable, Sendable, Codable {
    /// A text.
    case text(String)
    /// A whole number.
    case number(Int64)
    /// Whatever else a table may hold.
    case other

    private enum CodingKeys: String, CodingKey {
        case text = "S"
        case number = "N"
    }

    /// Reads `{"S": "…"}` and `{"N": "1"}`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try? fields.decode(String.self, forKey: .text) {
            self = .text(text)
        } else if let number = (try? fields.decode(String.self, forKey: .number)).flatMap({ Int64($0) }) {
            self = .number(number)
        } else {
            self = .other
        }
    }

    /// Writes it as DynamoDB wants it.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text): try fields.encode(text, forKey: .text)
        case .number(let number): try fields.encode("\(number)", forKey: .number)
        case .other: break
        }
    }

    /// The text, where it is one.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The number, where it is one.
    public var number: Int64? { if case .number(let number) = self { number } else { nil } }
}

/// Attributes by name.
public typealias Item = [String: AttributeValue]

/// What must hold of an item for a write to be done.
public struct Condition: Hashable, Sendable {
    /// In DynamoDB's own words; names stand as `#name`, values as `:value`.
    public var expression: String
    /// What the names stand for.
    public var names: [String: String]
    /// What the values stand for.
    public var values: Item

    /// Puts a condition together.
    public init(_ expression: String, names: [String: String], values: Item) {
        self.expression = expression
        self.names = names
        self.values = values
    }
}
