import OCI

/// A place that may know by itself which manifests name another as their subject.
///
/// Where it does not, a list under a tag stands for that knowledge (distribution-spec, "Referrers Tag Schema").
public protocol ReferrersBackend: Backend {
    /// The manifests that name this one as their subject, asked for one kind where one is named.
    func referrers(of subject: Digest, in repository: RepositoryName, type: String?)
        async throws(RegistryError) -> ReferrerListing

    /// Stores a manifest that has a subject under its digest; true where the place says that it has taken note of
    /// the subject, so that no list has to be kept for it.
    func putReferrer(_ manifest: ManifestDocument, in repository: RepositoryName)
        async throws(RegistryError) -> Bool
}

/// What a place says of a manifest's referrers.
public enum ReferrerListing: Sendable, Hashable {
    /// It keeps no such lists.
    case unsupported
    /// It knows of no such repository.
    case repositoryUnknown
    /// Its list; there may be nothing in it.
    case listed([ReferrerEntry])

    /// What is listed.
    public var entries: [ReferrerEntry] {
        if case .listed(let entries) = self { entries } else { [] }
    }
}
