import OCI

/// A place that sees how large a blob is without more work than whether it is there.
public protocol SizingBackend: Backend {
    /// Whether a repository holds a blob, of the size that it must have.
    func hasWhole(_ blob: Descriptor, in repository: RepositoryName) async throws(RegistryError) -> Bool
}

extension Backend {
    /// Whether a repository holds a blob; one that was cut short is not held where the place sees that.
    public func holds(_ blob: Descriptor, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        guard let sizing = asSizing else {
            return try await hasBlob(blob.digest, in: repository)
        }
        return try await sizing.hasWhole(blob, in: repository)
    }
}
