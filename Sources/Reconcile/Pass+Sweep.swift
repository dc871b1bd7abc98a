import Desired
import OCI
import Registry

extension Pass {
    /// Ends uploads that no image of this pass goes on with. Where one failed or was cut short, its repository's
    /// are left to the next pass.
    func sweep(_ claims: [Claim], _ images: [ImageOutcome]) async {
        guard options.sweepsUploads, !Task.isCancelled else { return }
        var spared: [String: Set<RepositoryName>] = [:]
        for rule in rules { spared[rule.destination.registry] = [] }
        let done: Set<ImageOutcome.Result> = [.copied, .updated, .inSync, .blocked, .missing]
        for (claim, image) in zip(claims, images) where !done.contains(image.result) {
            spared[claim.destinationRegistry, default: []].insert(claim.destinationRepository)
        }
        for (name, repositories) in spared.sorted(by: { $0.key < $1.key }) {
            guard let place = try? places.backend(name) as? any SweepingBackend else { continue }
            await place.sweepUploads(sparing: repositories)
        }
    }
}
