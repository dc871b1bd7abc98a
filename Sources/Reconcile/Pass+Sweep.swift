import Desired
import OCI
import Registry

extension Pass {
    /// Ends uploads that no image of this pass goes on with. Where one failed or was cut short, its repository's
    /// are left to the next pass.
    func sweep(_ claims: [Claim], _ images: [ImageOutcome]) async {
        guard options.sweepsUploads, !Task.isCancelled else { return }
        var spared: [String: Set<RepositoryName>] = [:]
        var sweepers: [String: any SweepingBackend] = [:]
        for rule in rules {
            let backend = try? places.backend(rule.destination.registry)
            if let sweeper = backend as? any SweepingBackend { sweepers[sweeper.place] = sweeper }
        }
        let done: Set<ImageOutcome.Result> = [.copied, .updated, .inSync, .blocked, .missing]
        for (claim, image) in zip(claims, images) where !done.contains(image.result) {
            guard let place = try? places.backend(claim.destinationRegistry).place else { continue }
            spared[place, default: []].insert(claim.destinationRepository)
        }
        for (place, sweeper) in sweepers.sorted(by: { $0.key < $1.key }) {
            await sweeper.sweepUploads(sparing: spared[place] ?? [])
        }
    }
}
