import FoundationEssentials

/// A list that is written down keeps its very bytes.
extension ReferrerIndex: Codable {
    /// Reads the bytes, and what they say.
    public init(from decoder: any Decoder) throws {
        try self.init([UInt8](decoder.singleValueContainer().decode(Data.self)))
    }

    /// Writes the bytes, in base64.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes))
    }
}

/// An entry that is written down keeps its very bytes.
extension ReferrerEntry: Codable {
    /// Reads the bytes, and what they say.
    public init(from decoder: any Decoder) throws {
        try self.init([UInt8](decoder.singleValueContainer().decode(Data.self)))
    }

    /// Writes the bytes, in base64.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes))
    }
}
