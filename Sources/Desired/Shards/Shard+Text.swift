extension Shard: CustomStringConvertible {
    /// `0/8`
    public var description: String { "\(index)/\(count)" }

    /// Reads a shard as the command line writes it: `i/n`, and `repository` or `prefix:K`.
    public init(_ text: String, by key: String = "repository") throws(ShardError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(Self.number)
        guard parts.count == 2, let index = parts[0], let count = parts[1] else { throw .badForm(text) }
        try self.init(index, of: count, by: Key(key))
    }

    /// Digits alone: `Int` would take a sign.
    static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}

extension Shard.Key: CustomStringConvertible {
    /// `repository` or `prefix:2`
    public var description: String {
        switch self {
        case .repository: "repository"
        case .prefix(let components): "prefix:\(components)"
        }
    }

    /// Reads what decides.
    public init(_ text: String) throws(ShardError) {
        if text == "repository" {
            self = .repository
            return
        }
        guard text.hasPrefix("prefix:"), let components = Shard.number(text.dropFirst("prefix:".count)),
            components >= 1
        else { throw .badKey(text) }
        self = .prefix(components)
    }
}

/// As reports and saved plans write it: `{"index": 0, "of": 8, "by": "repository"}`.
extension Shard: Codable {
    private enum CodingKeys: String, CodingKey { case index, of, by }

    /// Reads a shard; one that can't be is refused.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            fields.decode(Int.self, forKey: .index), of: fields.decode(Int.self, forKey: .of),
            by: Key(fields.decode(String.self, forKey: .by)))
    }

    /// Writes a shard.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(index, forKey: .index)
        try fields.encode(count, forKey: .of)
        try fields.encode(key.description, forKey: .by)
    }
}
