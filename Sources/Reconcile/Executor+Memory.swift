import Desired
import OCI
import Plan
import State

/// What a later pass may want to know of this one, and what an earlier one told of it.
extension Executor {
    /// Where an earlier pass brought a blob to, for a mount: a refusal costs no more than to send it.
    func hint(for blob: Digest, of image: ObservedImage) -> RepositoryName? {
        image.hints[blob].flatMap { $0 == image.claim.destinationRepository ? nil : $0 }
    }

    /// Remembers how a mount ended that rested on a hint: what was refused is not hoped for again.
    func hintEnded(granted: Bool, _ blob: Digest, of image: ObservedImage) async {
        await observer.store?.mountEnded(granted: granted, of: blob, at: image.destinationPlace)
    }

    /// Remembers that the image's repository holds these blobs.
    func remember(_ blobs: [Digest], of image: ObservedImage) async {
        await observer.store?.note(blobs, in: image.claim.destinationRepository, at: image.destinationPlace)
    }

    /// Forgets what the image's repository was thought to hold.
    func forgetRepository(of image: ObservedImage) async {
        await observer.store?.forget(image.claim.destinationRepository, at: image.destinationPlace)
    }
}
