import Desired
import OCI
import Plan
import Registry

extension RegistryError {
    /// The destination is not what it was when the plan was made.
    static func stale(_ claim: Claim, at place: String, was: Digest?, isNow now: Digest?) -> RegistryError {
        let was = was.map { "it was \($0.short)" } ?? "it was not there"
        let isNow = now.map { "is \($0.short) now" } ?? "is gone now"
        return RegistryError(
            .stale, on: .destination, at: place, while: "apply the plan to",
            "\(claim.destinationRepository):\(claim.destinationTag)",
            detail: "\(was) when the plan was made, and \(isNow)")
    }

    /// A tag of what hangs on an image is not what it was when the plan was made.
    static func stale(_ attached: SavedPlan.Attached, of claim: Claim, at place: String, isNow now: Digest?)
        -> RegistryError
    {
        var own = claim
        own.destinationTag = attached.tag ?? claim.destinationTag
        return stale(own, at: place, was: attached.held, isNow: now)
    }

    /// The source is not what it was when the plan was made.
    static func stale(_ image: SavedPlan.Image, at place: String, _ detail: String) -> RegistryError {
        RegistryError(
            .stale, on: .source, at: place, while: "apply the plan to",
            "\(image.claim.sourceRepository):\(image.claim.sourceTag)", detail: detail)
    }
}
