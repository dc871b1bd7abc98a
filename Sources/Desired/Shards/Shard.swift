/// One of so many parts of the work, each for a davit of its own: the images of the destination repositories that
/// fall to it.
public struct Shard: Sendable, Hashable {
    /// Which part, counted from 0.
    public let index: Int
    /// How many parts there are.
    public let count: Int
    /// What of a repository's name decides.
    public let key: Key

    /// The most parts: each name is hashed once for every part.
    public static let most = 1_024

    /// What of a destination repository's name decides to which part it falls.
    public enum Key: Sendable, Hashable {
        /// All of it.
        case repository
        /// So many of its first components, so that what lies below stays together.
        case prefix(Int)
    }

    /// Names a part, or says why there is none such.
    public init(_ index: Int, of count: Int, by key: Key = .repository) throws(ShardError) {
        guard count >= 1 else { throw .none(count) }
        guard count <= Self.most else { throw .tooMany(count) }
        guard (0..<count).contains(index) else { throw .outside(index, count) }
        if case .prefix(let components) = key, components < 1 { throw .badKey("prefix:\(components)") }
        (self.index, self.count, self.key) = (index, count, key)
    }
}

/// Why a text names no shard.
public enum ShardError: Error, Hashable, CustomStringConvertible {
    /// It is not `i/n`.
    case badForm(String)
    /// There is no part at all.
    case none(Int)
    /// There are more parts than can be.
    case tooMany(Int)
    /// The part is none of those that there are.
    case outside(Int, Int)
    /// What decides is neither `repository` nor `prefix:K`.
    case badKey(String)

    /// One line for people.
    public var description: String {
        switch self {
        case .badForm(let text): "'\(text)' is no shard: it is i/n, like 0/8 (the first of eight)"
        case .none(let count): "there are no \(count) shards: the n of i/n is 1 at least"
        case .tooMany(let count): "\(count) shards are too many: \(Shard.most) at most"
        case .outside(let index, let count):
            "there is no shard \(index) of \(count): they are counted from 0 to \(count - 1)"
        case .badKey(let text): "'\(text)' is neither 'repository' nor 'prefix:K' with a K of 1 at least"
        }
    }
}
