import OCI
import Registry

/// A registry whose catalog names a repository too many.
struct Overstated: Backend {
    let registry: MemoryRegistry
    let more: RepositoryName

    var place: String { registry.place }

    func repositories() async throws(RegistryError) -> [RepositoryName] {
        try await registry.repositories() + [more]
    }

    func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing {
        try await registry.tags(in: repository)
    }

    func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?
    { try await registry.resolve(reference, in: repository) }

    func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    { try await registry.manifest(reference, in: repository) }

    func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)
    { try await registry.put(manifest, as: reference, in: repository) }

    func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        try await registry.deleteManifest(digest, in: repository)
    }

    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        try await registry.hasBlob(digest, in: repository)
    }

    func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody {
        registry.blob(digest, in: repository)
    }

    func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        try await registry.putBlob(blob, from: body, in: repository, mounting: neighbour)
    }
}
