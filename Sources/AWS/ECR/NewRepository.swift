import OCI

/// What a repository is like that davit makes (Amazon ECR API Reference, CreateRepository).
public struct NewRepository: Sendable, Hashable {
    /// It is made at all.
    public var isMade = true
    /// Whether its tags may move; `nil`: as the account has it.
    public var tagKeeping: TagKeeping?
    /// Images are scanned when they are pushed.
    public var scansOnPush: Bool?
    /// The key that it is encrypted with, by id, alias or ARN.
    public var kmsKey: String?
    /// A lifecycle policy, as JSON.
    public var lifecyclePolicy: String?
    /// A policy of who may do what with it, as JSON.
    public var repositoryPolicy: String?
    /// Its tags, in AWS's sense.
    public var tags: [String: String]?
    /// Repositories that are there are made so, too.
    public var isEnforced = false

    /// A plain one.
    public init() {}
}

/// Which tags of a repository stay where they are.
public struct TagKeeping: Sendable, Hashable, CustomStringConvertible {
    /// Tags that match none of the exceptions stay.
    public var isImmutable: Bool
    /// Patterns with `*`, of tags for which it is the other way round.
    public var exceptions: [String]

    /// Describes what stays.
    public init(isImmutable: Bool, exceptions: [String] = []) {
        self.isImmutable = isImmutable
        self.exceptions = exceptions
    }

    /// What a repository's description says.
    init(_ repository: ECR.Repository) {
        isImmutable = repository.imageTagMutability?.hasPrefix("IMMUTABLE") ?? false
        exceptions = repository.imageTagMutabilityExclusionFilters?.map(\.filter) ?? []
    }

    /// Whether a tag that is there stays where it is.
    public func keeps(_ tag: Tag) -> Bool {
        let isException = exceptions.contains { Self.matches(Array(tag.description.utf8), Array($0.utf8)) }
        return isImmutable != isException
    }

    /// True where the same tags stay.
    func isSame(as other: TagKeeping) -> Bool {
        isImmutable == other.isImmutable && Set(exceptions) == Set(other.exceptions)
    }

    /// The exceptions as ECR takes them; there are none, or some.
    var filters: [ECR.Repository.Exclusion]? {
        exceptions.isEmpty ? nil : exceptions.map { ECR.Repository.Exclusion(filter: $0) }
    }

    /// `IMMUTABLE_WITH_EXCLUSION (dev-*)`
    public var description: String {
        word + (exceptions.isEmpty ? "" : " (\(exceptions.sorted().joined(separator: ", ")))")
    }

    /// ECR's name for it.
    var word: String {
        (isImmutable ? "IMMUTABLE" : "MUTABLE") + (exceptions.isEmpty ? "" : "_WITH_EXCLUSION")
    }

    /// Whether a text matches a pattern in which `*` stands for any characters, none too.
    private static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        var (at, of) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while at < text.count {
            if of < pattern.count, pattern[of] == UInt8(ascii: "*") {
                star = (of, at)
                of += 1
            } else if of < pattern.count, pattern[of] == text[at] {
                (at, of) = (at + 1, of + 1)
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (at, of) = (last.text + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[of...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
