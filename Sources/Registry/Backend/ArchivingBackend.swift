import OCI

/// A place where images can be put away: they are listed, and can't be read until somebody brings them back.
public protocol ArchivingBackend: Backend {
    /// The tags of a repository, as it was listed, that stand for such images.
    func archivedTags(in repository: RepositoryName) async -> Set<String>
}
