/// Any value of JSON.
public enum JSONValue: Codable, Hashable, Sendable {
    /// No value.
    case null
    /// Yes or no.
    case flag(Bool)
    /// A number.
    case number(Double)
    /// A text.
    case text(String)
    /// Values in their order.
    case list([JSONValue])
    /// Values by name.
    case object([String: JSONValue])

    /// Reads any value.
    public init(from decoder: any Decoder) throws {
        let one = try decoder.singleValueContainer()
        if one.decodeNil() {
            self = .null
        } else if let flag = try? one.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? one.decode(Double.self) {
            self = .number(number)
        } else if let text = try? one.decode(String.self) {
            self = .text(text)
        } else if let list = try? one.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try one.decode([String: JSONValue].self))
        }
    }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        var one = encoder.singleValueContainer()
        switch self {
        case .null: try one.encodeNil()
        case .flag(let flag): try one.encode(flag)
        case .number(let number):
            try number == number.rounded() ? one.encode(Int(number)) : one.encode(number)
        case .text(let text): try one.encode(text)
        case .list(let list): try one.encode(list)
        case .object(let object): try one.encode(object)
        }
    }

    /// A member of an object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The text, when it is one.
    public var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// The number, when it is a whole one.
    public var int: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    /// The elements; none when it is no list.
    public var list: [JSONValue] {
        guard case .list(let list) = self else { return [] }
        return list
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Makes a text from a literal.
    public init(stringLiteral value: String) { self = .text(value) }

    /// Makes a whole number from a literal.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }

    /// Makes a yes or no from a literal.
    public init(booleanLiteral value: Bool) { self = .flag(value) }

    /// Makes a list from a literal.
    public init(arrayLiteral elements: JSONValue...) { self = .list(elements) }

    /// Makes a object from a literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
