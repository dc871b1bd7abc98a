import Desired
import OCI
import Plan
import Registry
import State

/// What is read of the things that hang on an image, and what of it is to be brought.
extension ReferrerWalk {
    /// Reads a referrer of so many bytes; false where it turns out to be none, or is gone.
    func bring(_ referrer: ObservedReferrer, _ size: Int64, _ found: inout Found)
        async throws(RegistryError) -> Bool
    {
        guard observer.depth != .none else {
            found.referrers.append(referrer)
            return true
        }
        guard found.bytes + max(0, size) <= Bound.bytes else {
            throw tooMuch("its referrers' manifests are larger than \(Bound.bytes >> 20) MiB in all")
        }
        guard let document = try await read(.digest(referrer.digest), &found) else {
            found.notes.append(gone(referrer))
            return false
        }
        guard takes(document, as: referrer) else { return false }
        var referrer = referrer
        // A list that is none of the spec's tells no sizes, and lists that are need them.
        if referrer.entry?.descriptor.size == 0 { referrer.entry = ReferrerEntry(of: document) }
        try await add(referrer, document, &found)
        return true
    }

    /// True of what is about its subject, and of a kind that the rule takes.
    private func takes(_ document: ManifestDocument, as referrer: ObservedReferrer) -> Bool {
        let attachment = Attachment(of: document)
        return (referrer.tag != nil || attachment.subject == referrer.subject)
            && policy.takes(attachment.artifactType)
    }

    private func gone(_ referrer: ObservedReferrer) -> String {
        "\(source.place)/\(claim.sourceRepository): lists \(referrer.digest.short) as a referrer of "
            + "\(referrer.subject.short), and has no such manifest"
    }

    // MARK: - Content

    func read(_ reference: Reference, _ found: inout Found) async throws(RegistryError)
        -> ManifestDocument?
    {
        found.questions += 1
        return try await read(reference)
    }

    private func read(_ reference: Reference) async throws(RegistryError) -> ManifestDocument? {
        try await on(.source) { () async throws(RegistryError) in
            try await tree.pulls.setAside(1)
            return try await tree.pulls.using { () async throws(RegistryError) in
                try await source.manifest(reference, in: claim.sourceRepository)
            }
        }
    }

    func add(_ referrer: ObservedReferrer, _ document: ManifestDocument, _ found: inout Found)
        async throws(RegistryError)
    {
        try count([document], &found)
        var referrer = referrer
        try await tree.pulls.setAside(document.children.count)
        let content = try await tree.run(document, isReferrer: true)
        referrer.content = content.manifests
        found.questions += content.questions
        found.asked.formUnion(content.asked)
        found.referrers.append(referrer)
    }

    /// Counts manifests of something that is to be brought; too much is a failure.
    private func count(_ documents: [ManifestDocument], _ found: inout Found) throws(RegistryError) {
        found.bytes += documents.reduce(0) { $0 + Int64($1.bytes.count) }
        guard found.referrers.count < Bound.referrers, found.bytes <= Bound.bytes else {
            throw tooMuch(
                "more than \(Bound.referrers) referrers, or \(Bound.bytes >> 20) MiB of manifests, hang on it"
            )
        }
    }

    func tooMuch(_ detail: String) -> RegistryError {
        RegistryError(
            .malformed, on: .source, at: source.place, while: "read referrers",
            "\(claim.sourceRepository):\(claim.sourceTag)", detail: detail)
    }

    // MARK: - Behind what is there

    /// In a deep pass, finds what the destination lost of something that its tag or its list says is there.
    func lookBehind(_ held: ObservedReferrer, _ found: inout Found) async throws(RegistryError) {
        guard observer.isDeep else { return }
        let walk = DeepWalk(
            observer: observer, image: image, source: source, destination: destination, view: view,
            pulls: tree.pulls)
        var isGone = false
        let lost: DeepWalk.Found?
        do throws(RegistryError) {
            lost = try await walk.run(held.digest) { () async throws(RegistryError) in
                let document = try await read(.digest(held.digest))
                isGone = document == nil
                return document
            }
        } catch let error {
            guard isGone else { throw error }
            found.questions += 1
            return found.notes.append(gone(held))
        }
        guard let lost, let top = lost.manifests.last?.document else { return }
        found.questions += lost.reads
        guard takes(top, as: held) else { return }
        if !lost.loss.blobs.isEmpty {
            // What is remembered of the repository was wrong once.
            await observer.store?.forget(claim.destinationRepository, at: destination.place)
        }
        try count(lost.manifests.map(\.document), &found)
        var referrer = held
        (referrer.loss, referrer.content) = (lost.loss, lost.manifests)
        found.referrers.append(referrer)
    }
}
