import OCI

/// The calls to one account's private registry that davit makes (Amazon ECR API Reference, version 2015-09-21).
///
/// Each names the account, so that a registry that is not the keys' own can be asked as well.
public struct ECR: Sendable {
    /// What calls are made with.
    public let client: AWSClient
    /// The account whose registry it is: twelve digits.
    public let account: String

    /// Calls the registry of an account with a client of the service.
    public init(client: AWSClient, account: String) {
        self.client = client
        self.account = account
    }

    /// How many entries are asked for at once: the most that may be.
    private static let page = 1_000
    /// The most pages of a list that are read.
    private static let pages = 10_000

    /// A part of a list, and what asks for the next one.
    struct Page<Element: Sendable>: Sendable {
        var elements: [Element]
        var next: String?
    }

    /// All repositories, with their settings (DescribeRepositories).
    func repositories() async throws(AWSError) -> (repositories: [Repository], requests: Int) {
        struct Input: Encodable {
            var registryId: String
            var maxResults = ECR.page
            var nextToken: String?
        }
        var all: [Repository] = []
        var input = Input(registryId: account)
        for count in 1...Self.pages {
            let answer: Repositories = try await client.call("DescribeRepositories", input)
            all += answer.repositories ?? []
            guard let next = answer.nextToken else { return (all, count) }
            try check(next, isAfter: input.nextToken, "DescribeRepositories")
            input.nextToken = next
        }
        throw client.failure(.malformed, "DescribeRepositories", "the list has no end")
    }

    /// One repository with its settings; `nil` where there is none of that name (DescribeRepositories).
    func repository(_ name: RepositoryName) async throws(AWSError) -> Repository? {
        struct Input: Encodable {
            var registryId: String
            var repositoryNames: [String]
        }
        let input = Input(registryId: account, repositoryNames: [name.description])
        do {
            let answer: Repositories = try await client.call("DescribeRepositories", input)
            return answer.repositories?.first
        } catch let error where error.code == "RepositoryNotFoundException" { return nil }
    }

    private struct Repositories: Decodable {
        var repositories: [Repository]?
        var nextToken: String?
    }

    /// A part of what a repository holds, tagged or not, put away or not; `nil` where there is no such repository
    /// (DescribeImages).
    func images(in repository: RepositoryName, after token: String?) async throws(AWSError) -> Page<Image>? {
        struct Filter: Encodable {
            var tagStatus = "ANY"
            var imageStatus = "ANY"
        }
        struct Input: Encodable {
            var registryId: String
            var repositoryName: String
            var maxResults = ECR.page
            var nextToken: String?
            var filter = Filter()
        }
        struct Answer: Decodable {
            var imageDetails: [Image]?
            var nextToken: String?
        }
        let input = Input(registryId: account, repositoryName: repository.description, nextToken: token)
        do {
            let answer: Answer = try await client.call("DescribeImages", input)
            if let next = answer.nextToken { try check(next, isAfter: token, "DescribeImages") }
            return Page(elements: answer.imageDetails ?? [], next: answer.nextToken)
        } catch let error where error.code == "RepositoryNotFoundException" { return nil }
    }

    /// A list that names the same page again would go round for ever.
    private func check(_ next: String, isAfter token: String?, _ action: String) throws(AWSError) {
        guard next == token else { return }
        throw client.failure(.malformed, action, "the list repeats itself")
    }

    /// Manifests by digest, at most 100 of them (BatchGetImage).
    func manifests(_ digests: [Digest], in repository: RepositoryName) async throws(AWSError) -> [Manifest] {
        struct ID: Encodable { var imageDigest: String }
        struct Input: Encodable {
            var registryId: String
            var repositoryName: String
            var imageIds: [ID]
            var acceptedMediaTypes = MediaType.manifests.map(\.rawValue)
        }
        struct Answer: Decodable { var images: [Manifest]? }
        let input = Input(
            registryId: account, repositoryName: repository.description,
            imageIds: digests.map { ID(imageDigest: $0.description) })
        let answer: Answer = try await client.call("BatchGetImage", input, answerLimit: 64 << 20)
        return answer.images ?? []
    }

    /// Which of some layers a repository can hand out, at most 100 of them (BatchCheckLayerAvailability).
    func availableLayers(_ digests: [Digest], in repository: RepositoryName) async throws(AWSError) -> Set<
        Digest
    > {
        struct Input: Encodable {
            var registryId: String
            var repositoryName: String
            var layerDigests: [String]
        }
        struct Layer: Decodable {
            var layerDigest: String?
            var layerAvailability: String?
        }
        struct Answer: Decodable { var layers: [Layer]? }
        let input = Input(
            registryId: account, repositoryName: repository.description,
            layerDigests: digests.map(\.description))
        do {
            let answer: Answer = try await client.call("BatchCheckLayerAvailability", input)
            let available = (answer.layers ?? []).filter { $0.layerAvailability == "AVAILABLE" }
            return Set(available.compactMap { $0.layerDigest.flatMap { try? Digest($0) } })
        } catch let error where error.code == "RepositoryNotFoundException" { return [] }
    }

    /// What a setting of the account says: `ENABLED`, `DISABLED` (GetAccountSetting).
    func accountSetting(_ name: String) async throws(AWSError) -> String? {
        struct Input: Encodable { var name: String }
        struct Answer: Decodable { var value: String? }
        let answer: Answer = try await client.call("GetAccountSetting", Input(name: name))
        return answer.value
    }
}

extension ECR {
    /// A repository and those of its settings that its description tells.
    struct Repository: Decodable, Sendable {
        var repositoryName: String
        var repositoryArn: String?
        var imageTagMutability: String?
        var imageTagMutabilityExclusionFilters: [Exclusion]?
        var imageScanningConfiguration: Scanning?
        var encryptionConfiguration: Encryption?

        struct Exclusion: Codable, Sendable, Hashable {
            var filterType = "WILDCARD"
            var filter: String
        }
        struct Scanning: Codable, Sendable, Hashable { var scanOnPush: Bool? }
        struct Encryption: Codable, Sendable, Hashable {
            var encryptionType: String
            var kmsKey: String?
        }
    }

    /// An image, or whatever else a manifest describes.
    struct Image: Decodable, Sendable {
        var imageDigest: String?
        var imageTags: [String]?
        var imageManifestMediaType: String?
        var artifactMediaType: String?
        var subjectManifestDigest: String?
        /// `ACTIVE`, `ARCHIVED`, `ACTIVATING`; nothing where it can only be active.
        var imageStatus: String?
    }

    /// A manifest's text.
    struct Manifest: Decodable, Sendable {
        struct ID: Decodable, Sendable { var imageDigest: String? }
        var imageId: ID?
        var imageManifest: String?
        var imageManifestMediaType: String?
    }
}
