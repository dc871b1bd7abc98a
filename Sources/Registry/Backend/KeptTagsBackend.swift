import OCI

/// A place where tags can be forbidden to move once they are there.
public protocol KeptTagsBackend: Backend {
    /// Whether a tag that is there may not be moved.
    func keeps(_ tag: Tag, in repository: RepositoryName) async throws(RegistryError) -> Bool
}
