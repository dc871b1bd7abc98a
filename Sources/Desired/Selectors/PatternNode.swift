/// An expression as its parts, before it becomes a program.
indirect enum PatternNode {
    case empty
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    case start
    case end
    /// The group named `version`.
    case version(PatternNode)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repeated(PatternNode, Repetition)

    /// How often a part stands there.
    struct Repetition {
        var least: Int
        var most: Int?
        var isLazy = false
    }

    /// About how many instructions it becomes; never 0, so that copies of nothing are counted too.
    var size: Int {
        switch self {
        case .empty, .scalar, .set, .start, .end: return 1
        case .version(let part): return part.size + 2
        case .sequence(let parts): return max(1, parts.reduce(0) { Self.bounded($0 + $1.size) })
        case .choice(let parts): return parts.reduce(0) { Self.bounded($0 + $1.size + 2) }
        case .repeated(let part, let times):
            let one = part.size
            let optional = times.most.map { ($0 - times.least) * (one + 1) } ?? one + 2
            return Self.bounded(max(1, times.least * one + optional))
        }
    }

    /// It can stand for nothing.
    var matchesEmpty: Bool {
        switch self {
        case .empty, .start, .end: true
        case .scalar, .set: false
        case .version(let part): part.matchesEmpty
        case .sequence(let parts): parts.allSatisfy(\.matchesEmpty)
        case .choice(let parts): parts.contains(where: \.matchesEmpty)
        case .repeated(let part, let times): times.least == 0 || part.matchesEmpty
        }
    }

    private static func bounded(_ size: Int) -> Int { min(size, 1_000_000) }
}
