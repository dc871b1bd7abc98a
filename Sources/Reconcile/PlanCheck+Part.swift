import Desired
import OCI
import Plan
import Registry

extension PlanCheck {
    /// Checks that what a plan wants to put is what the rule's platforms leave of the source's index: a plan may come
    /// from anybody, and a part can't be known by the source's digest alone. It takes one GET.
    func checkPart(of image: SavedPlan.Image) async throws(RegistryError) {
        let claim = image.claim
        guard let choice = claim.platforms, let original = claim.pin ?? image.source else { return }
        guard image.wanted != original else { return }
        let place = try places.backend(claim.sourceRegistry)
        await counter.add(1)
        let document = try await on(.source) { () async throws(RegistryError) in
            try await place.manifest(.digest(original), in: claim.sourceRepository)
        }
        guard let document else {
            throw .stale(image, at: place.place, "the source has \(original.short) no more")
        }
        guard let cut = try? PlatformCut(of: document, to: choice.selectors),
            PlatformSubset(cut, choice).digest == image.wanted
        else {
            throw .stale(
                image, at: place.place,
                "what it puts is not what \(choice) leaves of \(original.short)")
        }
    }
}
