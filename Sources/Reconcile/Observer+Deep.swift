import Desired
import OCI
import Plan
import Registry
import State

extension Observer {
    /// True of an image that looks in sync and is to be looked at behind its tag.
    func needsDeepLook(_ image: ObservedImage) -> Bool {
        isDeep && image.failure == nil && image.wanted != nil && image.destination.digest == image.wanted
    }

    /// Finds what the destination lost of an image that looks in sync, and what must be put for it.
    func lookDeep(into image: inout ObservedImage, _ view: RepositoryView, _ pulls: PullBudget)
        async throws(RegistryError)
    {
        guard let wanted = image.wanted else { return }
        let claim = image.claim
        let source = try places.backend(claim.sourceRegistry)
        let destination = try places.backend(claim.destinationRegistry)
        (image.loss, image.content, image.otherReads) = (nil, [], 0)
        let walk = DeepWalk(
            observer: self, image: image, source: source, destination: destination, view: view, pulls: pulls)
        var copy = image
        let found = try await walk.run(wanted) { () async throws(RegistryError) in
            try await top(of: &copy, from: source, view, pulls)
        }
        guard let found else { return }
        image = copy
        image.repository = .populated
        (image.loss, image.content) = (found.loss, found.manifests)
        image.questions += found.reads
        guard !found.loss.blobs.isEmpty else { return }
        // What is remembered of the repository was wrong once.
        await store?.forget(claim.destinationRepository, at: destination.place)
    }

    /// The image's own manifest as it is to stand at the destination, read at the source.
    private func top(
        of image: inout ObservedImage, from source: any Backend, _ view: RepositoryView, _ pulls: PullBudget
    ) async throws(RegistryError) -> ManifestDocument? {
        guard let original = image.original else { return nil }
        let repository = image.claim.sourceRepository
        try await pulls.setAside(1)
        let document = try await on(.source) { () async throws(RegistryError) in
            try await pulls.using { () async throws(RegistryError) in
                try await source.manifest(.digest(original), in: repository)
            }
        }
        guard let document else { return nil }
        return try await chosen(of: document, &image, view, pulls, always: true)
    }
}
