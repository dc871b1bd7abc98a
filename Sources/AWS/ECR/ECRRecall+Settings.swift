import OCI
import Registry

extension ECRRecall: SettingsBackend {
    /// What a repository is that a rule wants otherwise. What the catalog tells costs nothing more; policies and tags
    /// a request each, and none where the manifests say nothing of them.
    func drift(of repository: RepositoryName, for rule: String) async throws(RegistryError) -> [SettingDrift]
    {
        guard let wanted = registry.settings.repositories[rule], let held = try await described(repository)
        else { return [] }
        var drifts = Self.drift(of: held, from: wanted)
        drifts += try await policyDrifts(of: repository, from: wanted)
        if let tags = wanted.tags, let arn = held.repositoryArn {
            let now = try await asking("read the tags of", repository) { ecr throws(AWSError) in
                try await ecr.tags(ofARN: arn)
            }
            for (key, value) in tags.sorted(by: { $0.key < $1.key }) where now[key] != value {
                drifts.append(SettingDrift("tag \(key)", held: now[key] ?? "none", wanted: value))
            }
        }
        return drifts
    }

    nonisolated func enforces(_ rule: String) -> Bool {
        registry.settings.repositories[rule]?.isEnforced ?? false
    }

    func enforce(_ drift: SettingDrift, on repository: RepositoryName, for rule: String)
        async throws(RegistryError)
    {
        guard let wanted = registry.settings.repositories[rule], let held = try await described(repository)
        else { return }
        try await registry.checkOwner()
        try await asking("change the settings of", repository) { ecr throws(AWSError) in
            switch drift.setting {
            case "imageTagMutability":
                guard let keeping = wanted.tagKeeping else { return }
                try await ecr.setTagKeeping(keeping, of: repository)
            case "scanOnPush": try await ecr.setScanning(wanted.scansOnPush ?? false, of: repository)
            case "lifecyclePolicy":
                try await ecr.setLifecyclePolicy(wanted.lifecyclePolicy ?? "", of: repository)
            case "repositoryPolicy":
                try await ecr.setRepositoryPolicy(wanted.repositoryPolicy ?? "", of: repository)
            default:
                let key = String(drift.setting.dropFirst("tag ".count))
                guard let arn = held.repositoryArn, let value = wanted.tags?[key] else { return }
                try await ecr.tag(arn: arn, [key: value])
            }
        }
    }

    /// Asks the service for something of a repository's.
    private func asking<Value: Sendable>(
        _ action: String, _ repository: RepositoryName,
        _ call: @Sendable (ECR) async throws(AWSError) -> Value
    ) async throws(RegistryError) -> Value {
        made += 1
        let ecr = registry.ecr
        return try await registry.telling(action, repository.description) { () async throws(AWSError) in
            try await call(ecr)
        }
    }

    /// What the description of a repository tells of it.
    static func drift(of held: ECR.Repository, from wanted: NewRepository) -> [SettingDrift] {
        var drifts: [SettingDrift] = []
        let keeping = TagKeeping(held)
        if let other = wanted.tagKeeping, !other.isSame(as: keeping) {
            drifts.append(
                SettingDrift("imageTagMutability", held: keeping.description, wanted: other.description))
        }
        let scans = held.imageScanningConfiguration?.scanOnPush ?? false
        if let other = wanted.scansOnPush, other != scans {
            drifts.append(SettingDrift("scanOnPush", held: "\(scans)", wanted: "\(other)"))
        }
        let encryption = held.encryptionConfiguration
        if let key = wanted.kmsKey, !isKey(key, encryption) {
            drifts.append(
                SettingDrift(
                    "kmsKey", held: encryption?.kmsKey ?? encryption?.encryptionType ?? "none", wanted: key,
                    obstacle: "a repository's encryption is for ever; make it anew"))
        }
        return drifts
    }

    /// Which key an alias stands for is not known here: any key is believed to be it.
    private static func isKey(_ wanted: String, _ held: ECR.Repository.Encryption?) -> Bool {
        guard let key = held?.kmsKey, held?.encryptionType.hasPrefix("KMS") == true else { return false }
        if wanted.contains("alias/") { return true }
        return key == wanted || key.hasSuffix("/" + wanted)
    }

    private func policyDrifts(of repository: RepositoryName, from wanted: NewRepository)
        async throws(RegistryError) -> [SettingDrift]
    {
        var drifts: [SettingDrift] = []
        if let policy = wanted.lifecyclePolicy {
            let held = try await asking("read the lifecycle policy of", repository) { ecr throws(AWSError) in
                try await ecr.lifecyclePolicy(of: repository)
            }
            drifts += Self.policyDrift("lifecyclePolicy", held, policy)
        }
        if let policy = wanted.repositoryPolicy {
            let held = try await asking("read the policy of", repository) { ecr throws(AWSError) in
                try await ecr.repositoryPolicy(of: repository)
            }
            drifts += Self.policyDrift("repositoryPolicy", held, policy)
        }
        return drifts
    }

    private static func policyDrift(_ name: String, _ held: String?, _ wanted: String) -> [SettingDrift] {
        if let held, PolicyText.form(held) == PolicyText.form(wanted) { return [] }
        return [SettingDrift(name, held: held == nil ? "none" : "another", wanted: "that of the manifest")]
    }
}
