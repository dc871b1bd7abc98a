import Desired
import OCI
import Registry

extension Pass {
    /// Ends uploads that no image of this pass goes on with, in the repositories that it writes to: elsewhere they
    /// are another job's. Where an image failed or was cut short, its repository's are left to the next pass.
    func sweep(_ claims: [Claim], _ images: [ImageOutcome]) async {
        guard options.sweepsUploads, !Task.isCancelled else { return }
        let done: Set<ImageOutcome.Result> = [.copied, .updated, .repaired, .inSync, .blocked, .missing]
        var (written, spared) = ([String: Set<RepositoryName>](), [String: Set<RepositoryName>]())
        var sweepers: [String: any SweepingBackend] = [:]
        for (claim, image) in zip(claims, images) {
            guard let backend = try? places.backend(claim.destinationRegistry),
                let sweeper = backend.asSweeping
            else { continue }
            sweepers[sweeper.place] = sweeper
            written[sweeper.place, default: []].insert(claim.destinationRepository)
            guard !done.contains(image.result) else { continue }
            spared[sweeper.place, default: []].insert(claim.destinationRepository)
        }
        for (place, sweeper) in sweepers.sorted(by: { $0.key < $1.key }) {
            await sweeper.sweepUploads(in: written[place, default: []].subtracting(spared[place] ?? []))
        }
    }
}
