import Foundation

extension ECRFront {
    /// How a repository is made.
    public struct RepositoryOptions: Sendable {
        /// `MUTABLE`, `IMMUTABLE`, or one of both with exclusions.
        public var mutability = "MUTABLE"
        /// The tags that are exceptions, with `*` for any text.
        public var except: [String] = []
        /// What it is encrypted with.
        public var encryption = ["encryptionType": "AES256"]
        /// Its tags as a resource.
        public var tags: [String: String] = [:]

        /// The default.
        public init() {}
    }

    /// Makes repositories.
    public func create(
        _ names: String..., at place: ECRPlace, change: (inout RepositoryOptions) -> Void = { _ in }
    ) throws {
        var options = RepositoryOptions()
        change(&options)
        let filters = options.except.map { ["filterType": "WILDCARD", "filter": $0] }
        _ = try tell(
            "create",
            place.words.merging([
                "names": names, "mutability": options.mutability, "filters": filters,
                "encryption": options.encryption, "tags": options.tags,
            ]) { $1 })
    }

    /// Makes tags (`v0`, `v1`, …) and untagged images with no content behind them. The digests follow from the seed and
    /// the names alone: two places that are filled alike hold the same.
    public func fill(
        _ repository: String, at place: ECRPlace, tags: Int, untagged: Int = 0, seed: String = ""
    ) throws {
        _ = try tell(
            "fill",
            place.words.merging([
                "repository": repository, "count": tags, "untagged": untagged, "seed": seed,
            ]) { $1 })
    }

    /// Takes into the table what was laid into the docker-registry behind, past the front.
    public func adopt(_ place: ECRPlace) throws { _ = try tell("adopt", place.words) }

    /// Takes an image away, as somebody else would.
    public func remove(_ reference: String, from repository: String, at place: ECRPlace) throws {
        _ = try tell(
            "remove", place.words.merging(["repository": repository, "reference": reference]) { $1 })
    }

    /// Takes away every blob that no manifest refers to, as ECR may at any time, and says how many.
    @discardableResult public func sweep(_ place: ECRPlace) throws -> Int {
        try JSONDecoder().decode(Int.self, from: tell("sweep", place.words))
    }

    /// Archives an image, or brings it back.
    public func archive(
        _ reference: String, in repository: String, at place: ECRPlace, archived: Bool = true
    ) throws {
        _ = try tell(
            "archive",
            place.words.merging([
                "repository": repository, "reference": reference, "archived": archived,
            ]) { $1 })
    }

    /// Turns the account setting BLOB_MOUNTING on or off.
    public func setMounting(_ isOn: Bool, at place: ECRPlace) throws {
        _ = try tell(
            "setting",
            place.words.merging(["name": "BLOB_MOUNTING", "value": isOn ? "ENABLED" : "DISABLED"]) { $1 })
    }

    /// What an account may not do from now on, such as `ecr:PutImage`; with nothing, it may do all again.
    public func deny(_ actions: String..., to account: String) throws {
        _ = try tell("deny", ["account": account, "actions": actions])
    }

    /// Refuses the next calls of an action, such as `ecr:DescribeImages`, for being too many.
    public func throttle(_ action: String, next count: Int) throws {
        _ = try tell("throttle", ["action": action, "count": count])
    }

    /// Takes so many calls of an action in a second and no more, but for a burst.
    public func throttle(_ action: String, perSecond rate: Double, burst: Int) throws {
        _ = try tell("throttle", ["action": action, "rate": rate, "burst": burst])
    }

    /// Lets every registry token given out so far expire.
    public func expireTokens() throws { _ = try tell("expire_tokens") }

    /// Lets all keys given out so far by AssumeRole expire.
    public func expireSessions() throws { _ = try tell("expire_sessions") }

    /// Makes a role that may be assumed, by its ARN; once there is one, no other may be.
    public func makeRole(_ arn: String, externalID: String? = nil) throws {
        var words: [String: any Encodable & Sendable] = ["arn": arn]
        if let externalID { words["externalId"] = externalID }
        _ = try tell("role", words)
    }
}
