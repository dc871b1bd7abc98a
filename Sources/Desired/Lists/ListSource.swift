import OCI

/// The registry that the items of a list stand at, and how their names are read there.
struct ListSource {
    private let registry: RegistryDeclaration
    private let isHub: Bool
    /// Every name can be that of a repository, one that looks like a host's too.
    private let takesAnyName: Bool

    init(_ registry: RegistryDeclaration) {
        self.registry = registry
        isHub = registry.host == HostName.dockerHub
        takesAnyName = registry.layout != nil || (registry.isLikeECR && !registry.isLikeECRPublic)
    }

    /// A repository of the source, and what stands for `{repository}` in the names at the destination.
    struct Found: Hashable {
        var repository: RepositoryName
        var template: String
    }

    /// Finds an item's repository. What it is called at the destination follows its whole text: there a name with a
    /// host goes on to begin with it.
    func find(_ image: ListedImage, in item: String) throws(ListFault) -> Found {
        guard let host = image.host else { return try found(image.repository, behind: "") }
        guard isOwn(host) else {
            if takesAnyName, !host.contains(":"), !ECRHost.isLike(host) {
                return try found(host + "/" + image.repository, behind: "")
            }
            throw elsewhere(host, item)
        }
        // Copies from a registry of ECR never had its host in their names.
        let prefix = takesAnyName ? "" : host.lowercased().replacing(":", with: "-") + "/"
        return try found(image.repository, behind: prefix)
    }

    private func found(_ name: String, behind prefix: String) throws(ListFault) -> Found {
        // Docker Hub's official images stand under `library/`; the name that they were asked for lacks it.
        let isOfficial = isHub && !name.contains("/")
        let repository = try ListedImage.repository(isOfficial ? "library/" + name : name)
        return Found(repository: repository, template: prefix + (isOfficial ? "{name}" : "{repository}"))
    }

    private func isOwn(_ text: String) -> Bool {
        guard let host = try? HostName(text) else { return false }
        if !registry.host.isEmpty, host.text == registry.host { return true }
        guard let ecr = registry.ecr, let named = ECRHost.registry(host.text) else { return false }
        return named.account == ecr.account && named.region == ecr.region
    }

    private func elsewhere(_ host: String, _ item: String) -> ListFault {
        let place = registry.host.isEmpty ? "the Registry \(registry.name.quoted)" : registry.host.quoted
        if let ecr = registry.ecr, ecr.account == nil, registry.host.isEmpty,
            ECRHost.registry(host.lowercased())?.region == ecr.region
        {
            return ListFault(
                "\(item.quoted) may stand at another account than \(place) does",
                hint: "give the Registry its 'account', or leave the host out here")
        }
        return ListFault(
            "\(item.quoted) stands at \(host.quoted), and the rule copies from \(place)",
            hint: "it needs a rule of its own, with 'source: { registry: \(host.shortened(to: 60)) }'")
    }
}
