import Desired
import OCI
import Plan
import Registry

extension PlanCheck {
    /// Checks that what a plan wants to put is what the rule's platforms leave of the source's index: a plan may come
    /// from anybody, and a part can't be known by the source's digest alone. It takes one GET, where the source's own
    /// manifest does not stand in the plan.
    func checkPart(of image: SavedPlan.Image) async throws(RegistryError) {
        let claim = image.claim
        guard let choice = claim.platforms else { return }
        let place = try places.backend(claim.sourceRegistry)
        guard let original = claim.pin ?? image.source else {
            throw .stale(image, at: place.place, "the plan knows no digest of it")
        }
        // Read with the plan, and compared then.
        guard image.wanted != original || !image.isRecorded else { return }
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
