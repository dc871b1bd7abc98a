import OCI

/// A place where a repository must be there before anything is sent to it.
public protocol PreparingBackend: Backend {
    /// Sees to it that a repository is there, as a rule wants new ones to be; one that is there stays as it is.
    func prepare(_ repository: RepositoryName, for rule: String) async throws(RegistryError)
}
