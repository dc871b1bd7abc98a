import OCI

extension ECR {
    private struct Named: Encodable { var registryId: String, repositoryName: String }
    private struct Done: Decodable {}

    private func named(_ repository: RepositoryName) -> Named {
        Named(registryId: account, repositoryName: repository.description)
    }

    /// What says which images are removed by themselves; `nil`: nothing does (GetLifecyclePolicy).
    func lifecyclePolicy(of repository: RepositoryName) async throws(AWSError) -> String? {
        struct Answer: Decodable { var lifecyclePolicyText: String? }
        do {
            let answer: Answer = try await client.call("GetLifecyclePolicy", named(repository))
            return answer.lifecyclePolicyText
        } catch let error where error.code == "LifecyclePolicyNotFoundException" { return nil }
    }

    /// What says who may do what; `nil`: nothing does (GetRepositoryPolicy).
    func repositoryPolicy(of repository: RepositoryName) async throws(AWSError) -> String? {
        struct Answer: Decodable { var policyText: String? }
        do {
            let answer: Answer = try await client.call("GetRepositoryPolicy", named(repository))
            return answer.policyText
        } catch let error where error.code == "RepositoryPolicyNotFoundException" { return nil }
    }

    /// A repository's tags (ListTagsForResource).
    func tags(ofARN arn: String) async throws(AWSError) -> [String: String] {
        struct Input: Encodable { var resourceArn: String }
        struct Answer: Decodable { var tags: [Label]? }
        let answer: Answer = try await client.call("ListTagsForResource", Input(resourceArn: arn))
        return Dictionary((answer.tags ?? []).map { ($0.Key, $0.Value) }, uniquingKeysWith: { $1 })
    }

    /// Adds tags to a repository, or changes them (TagResource).
    func tag(arn: String, _ tags: [String: String]) async throws(AWSError) {
        struct Input: Encodable { var resourceArn: String, tags: [Label] }
        let _: Done = try await client.call("TagResource", Input(resourceArn: arn, tags: Label.all(tags)))
    }

    /// Says whether tags may move (PutImageTagMutability).
    func setTagKeeping(_ keeping: TagKeeping, of repository: RepositoryName) async throws(AWSError) {
        struct Input: Encodable {
            var registryId: String, repositoryName: String, imageTagMutability: String
            var imageTagMutabilityExclusionFilters: [Repository.Exclusion]?
        }
        let input = Input(
            registryId: account, repositoryName: repository.description, imageTagMutability: keeping.word,
            imageTagMutabilityExclusionFilters: keeping.filters)
        let _: Done = try await client.call("PutImageTagMutability", input)
    }

    /// Says whether images are scanned when they are pushed (PutImageScanningConfiguration).
    func setScanning(_ scansOnPush: Bool, of repository: RepositoryName) async throws(AWSError) {
        struct Input: Encodable {
            var registryId: String, repositoryName: String
            var imageScanningConfiguration: Repository.Scanning
        }
        let input = Input(
            registryId: account, repositoryName: repository.description,
            imageScanningConfiguration: Repository.Scanning(scanOnPush: scansOnPush))
        let _: Done = try await client.call("PutImageScanningConfiguration", input)
    }
}
