/// What the name of a host says of a registry of Amazon ECR, by its form alone.
enum ECRHost {
    /// Amazon's public registry.
    static let publicHost = "public.ecr.aws"

    /// True of a host that can be a registry of ECR, the public one too.
    static func isLike(_ host: String) -> Bool {
        host == publicHost || host.contains(".dkr.ecr.") || host.contains(".dkr.ecr-fips.")
            || host.contains(".dkr-ecr.") || host.contains(".dkr-ecr-fips.")
    }

    /// Why a key that only ECR knows is refused elsewhere.
    static let onlyHint = "it is for 'ecr', 'ecrPublic' and hosts of theirs (*.dkr.ecr.*, public.ecr.aws)"

    /// What is said of a setting that repositories of the public registry do not have.
    static func unknownToPublic(_ key: String) -> String {
        "\(key.quoted) means nothing at Amazon's public registry"
    }

    /// The account and the region that a private registry's host names.
    static func registry(_ host: String) -> (account: String, region: String)? {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let account = labels.first, AmazonName.isAccount(account) else { return nil }
        if labels.count >= 5, labels[1] == "dkr", ["ecr", "ecr-fips"].contains(labels[2]) {
            return AmazonName.isRegion(labels[3]) ? (account, labels[3]) : nil
        }
        guard labels.count >= 5, ["dkr-ecr", "dkr-ecr-fips"].contains(labels[1]) else { return nil }
        return AmazonName.isRegion(labels[2]) ? (account, labels[2]) : nil
    }
}

extension RegistryDeclaration {
    /// It is, or can be by the form of its host, a registry of ECR.
    var isLikeECR: Bool { ecr != nil || isECRPublic || ECRHost.isLike(host) }

    /// It is the public registry of ECR, which knows less than a private one.
    var isLikeECRPublic: Bool { isECRPublic || host == ECRHost.publicHost }
}
