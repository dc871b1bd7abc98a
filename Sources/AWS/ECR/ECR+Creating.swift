import OCI

extension ECR {
    /// A tag in AWS's sense.
    struct Label: Codable, Sendable {
        var Key: String
        var Value: String

        /// Some, in order.
        static func all(_ tags: [String: String]) -> [Label] {
            tags.sorted { $0.key < $1.key }.map { Label(Key: $0.key, Value: $0.value) }
        }
    }

    /// Makes a repository (CreateRepository); false where somebody else has made it meanwhile.
    func create(_ repository: RepositoryName, as new: NewRepository) async throws(AWSError) -> Bool {
        struct Input: Encodable {
            var registryId: String
            var repositoryName: String
            var tags: [Label]?
            var imageTagMutability: String?
            var imageTagMutabilityExclusionFilters: [Repository.Exclusion]?
            var imageScanningConfiguration: Repository.Scanning?
            var encryptionConfiguration: Repository.Encryption?
        }
        struct Answer: Decodable {}
        var input = Input(registryId: account, repositoryName: repository.description)
        input.tags = new.tags.map(Label.all)
        if let keeping = new.tagKeeping {
            input.imageTagMutability = keeping.word
            input.imageTagMutabilityExclusionFilters = keeping.filters
        }
        input.imageScanningConfiguration = new.scansOnPush.map { Repository.Scanning(scanOnPush: $0) }
        input.encryptionConfiguration = new.kmsKey.map {
            Repository.Encryption(encryptionType: "KMS", kmsKey: $0)
        }
        do {
            let _: Answer = try await client.call("CreateRepository", input)
        } catch let error where error.code == "RepositoryAlreadyExistsException" { return false }
        return true
    }

    /// Says of a new repository what can't be said when it is made.
    func setPolicies(of repository: RepositoryName, as new: NewRepository) async throws(AWSError) {
        if let policy = new.lifecyclePolicy { try await setLifecyclePolicy(policy, of: repository) }
        if let policy = new.repositoryPolicy { try await setRepositoryPolicy(policy, of: repository) }
    }

    /// Says which images are removed by themselves (PutLifecyclePolicy).
    func setLifecyclePolicy(_ text: String, of repository: RepositoryName) async throws(AWSError) {
        struct Input: Encodable {
            var registryId: String, repositoryName: String, lifecyclePolicyText: String
        }
        struct Answer: Decodable {}
        let input = Input(
            registryId: account, repositoryName: repository.description, lifecyclePolicyText: text)
        let _: Answer = try await client.call("PutLifecyclePolicy", input)
    }

    /// Says who may do what (SetRepositoryPolicy).
    func setRepositoryPolicy(_ text: String, of repository: RepositoryName) async throws(AWSError) {
        struct Input: Encodable { var registryId: String, repositoryName: String, policyText: String }
        struct Answer: Decodable {}
        let input = Input(registryId: account, repositoryName: repository.description, policyText: text)
        let _: Answer = try await client.call("SetRepositoryPolicy", input)
    }
}
