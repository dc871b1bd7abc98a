import Desired
import OCI

/// The plan's fold: one observed image and the ledger so far to what is to be done and the ledger after it.
///
/// It reads values and returns values: no clock, no network, no log. Fed in the order of rule, repository and
/// tag it gives the same plan whatever the timing of the looks was.
public enum Planner {
    /// Plans one image.
    ///
    /// - Parameters:
    ///   - image: what looking found.
    ///   - ledger: what the images before it bring; what this one brings is added.
    ///   - acknowledged: the `repository:tag` names whose refusal is accepted.
    public static func plan(
        _ image: ObservedImage, ledger: inout PlanLedger, acknowledged: Set<String> = []
    ) -> PlannedImage {
        let (verdict, reason) = judge(image)
        let claim = image.claim
        var planned = PlannedImage(
            rule: claim.rule, source: image.sourceName, destination: image.destinationName,
            repository: claim.destinationRepository.description, tag: claim.destinationTag.description,
            verdict: verdict, reason: reason, wanted: image.wanted, held: image.destination.digest,
            acknowledged: acknowledged.contains("\(claim.destinationRepository):\(claim.destinationTag)"),
            steps: [], cost: Cost())
        planned.unfollowed = unfollowed(image)
        planned.note(image)
        // A manifest that was asked for and is not there costs a request too.
        planned.cost.requests = image.questions
        guard verdict.isChange else { return planned }
        planned.steps = steps(for: image, ledger: &ledger)
        if planned.steps.isEmpty, isHeldWhole(image) {
            // An image before this one, of the same digest, brings all that hangs on it.
            (planned.verdict, planned.reason) = (.inSync, "same digest")
            return planned
        }
        let asked = ledger.note(
            asked: image.asked, of: claim.destinationRepository, at: image.destinationPlace)
        planned.cost = cost(of: planned.steps, image, questions: image.questions + asked)
        return planned
    }

    // MARK: - What is to happen

    private static func judge(_ image: ObservedImage) -> (Verdict, String) {
        if let failure = image.failure { return (image.isDeferred ? .deferred : .failed, failure) }
        if let refusal = image.subset?.refusal, image.source != .absent { return (.blocked, refusal) }
        guard let wanted = image.wanted, image.source != .absent || isHeld(image) else {
            let pinned = image.claim.pin.map { pin in
                image.isUntagged
                    ? "the source has neither the tag nor the pinned \(pin.short)"
                    : "the pinned \(pin.short) is gone at the source"
            }
            return (.missing, pinned ?? "the source has no such tag")
        }
        let moved = movedFromPin(image) + image.partNotes
        let losses = image.losses
        switch image.destination {
        case .present(wanted) where losses != nil:
            let missing = words(for: image.referrers.filter { $0.loss == nil })
            return (.incomplete, (losses?.reason ?? "") + (missing.isEmpty ? "" : "; " + missing) + moved)
        case .present(wanted) where !image.referrers.isEmpty:
            return (.update, words(for: image.referrers) + moved)
        case .present(wanted):
            return (.inSync, "same digest" + moved)
        case .present where image.claim.overwrite == .never:
            return (.blocked, "overwrite: never, and the digests differ" + moved)
        case .present where image.isKept == true:
            return (.blocked, "the destination keeps this tag, and the digests differ" + moved)
        case .present:
            return (.update, "the digests differ" + company(image) + moved)
        case .absent, .unasked:
            let why = image.repository == .fresh ? "destination repository is new" : "destination lacks it"
            return (.copy, why + company(image) + moved)
        }
    }

    private static func company(_ image: ObservedImage) -> String {
        image.referrers.isEmpty ? "" : ", with \(counted(image.referrers).text)"
    }

    /// The destination has the image itself, and of what hangs on it everything was read.
    private static func isHeldWhole(_ image: ObservedImage) -> Bool {
        image.wanted != nil && image.destination.digest == image.wanted
            && image.referrers.allSatisfy { !$0.content.isEmpty }
    }

    /// A pinned image that the destination already has needs nothing of the source.
    private static func isHeld(_ image: ObservedImage) -> Bool {
        image.claim.pin != nil && image.wanted != nil && image.wanted == image.destination.digest
    }

    private static func unfollowed(_ image: ObservedImage) -> Digest? {
        guard let pin = image.claim.pin, let now = image.source.digest, now != pin else { return nil }
        return now
    }

    private static func movedFromPin(_ image: ObservedImage) -> String {
        guard let pin = image.claim.pin else { return "" }
        if image.isUntagged { return "; the source has no such tag, the pin holds \(pin.short)" }
        guard let now = unfollowed(image) else { return "" }
        return "; the source's tag has moved to \(now.short), the pin holds \(pin.short)"
    }

    // MARK: - What is to be done

    private static func steps(for image: ObservedImage, ledger: inout PlanLedger) -> [Step] {
        let (repository, registry) = (image.claim.destinationRepository, image.destinationPlace)
        var blobs: [Step] = []
        var puts: [Step] = []
        for manifest in image.content.dropLast() {
            blobs += blobSteps(manifest, image, &ledger)
            guard ledger.noteManifest(manifest.document.digest, in: repository, at: registry) else {
                continue
            }
            let reason = manifest.isHeld ? "something that it names was lost" : "the index names it"
            puts.append(put(manifest.document, .putManifest, reason))
        }
        let attached = referrerSteps(for: image, ledger: &ledger)
        guard let top = image.content.last else { return attached.blobs + attached.puts }
        (blobs, puts) = (blobs + attached.blobs, puts + attached.puts)
        blobs += blobSteps(top, image, &ledger)
        // A tag that is right is left alone.
        let (action, reason) =
            image.loss == nil
            ? (Step.Action.putTag, "all that it names is there")
            : (.putManifest, top.isHeld ? "something that it names was lost" : "it was lost behind the tag")
        puts.append(put(top.document, action, reason))
        return blobs + puts
    }

    static func put(_ document: ManifestDocument, _ action: Step.Action, _ reason: String) -> Step {
        Step(action: action, digest: document.digest, size: Int64(document.bytes.count), reason: reason)
    }

    static func blobSteps(
        _ manifest: ObservedManifest, _ image: ObservedImage, _ ledger: inout PlanLedger
    ) -> [Step] {
        let (repository, registry) = (image.claim.destinationRepository, image.destinationPlace)
        // Within one registry the source's own repository is a neighbour.
        let home = image.sourcePlace == registry ? image.claim.sourceRepository : nil
        return manifest.document.blobs.compactMap { blob in
            defer { ledger.note(blob.digest, in: repository, at: registry) }
            guard !ledger.holds(blob.digest, repository, at: registry),
                !manifest.present.contains(blob.digest)
            else { return nil }
            let known = manifest.absent.contains(blob.digest)
            if image.mountsNothing == true {
                return Step(
                    action: .upload, digest: blob.digest, size: blob.size,
                    reason: "the repository lacks it, and the registry mounts nothing")
            }
            if let neighbour = ledger.neighbour(with: blob.digest, at: registry) ?? home {
                return Step(
                    action: .mount, digest: blob.digest, size: blob.size, from: neighbour,
                    reason: "\(neighbour) has it by then")
            }
            if let hint = image.hints[blob.digest], hint != repository {
                return Step(
                    action: .mount, digest: blob.digest, size: blob.size, from: hint, isRemembered: true,
                    reason: "an earlier pass brought it to \(hint)")
            }
            return Step(
                action: .upload, digest: blob.digest, size: blob.size,
                reason: known ? "the repository lacks it" : "nothing tells that the registry has it")
        }
    }

    // MARK: - What it costs

    private static func cost(of steps: [Step], _ image: ObservedImage, questions: Int) -> Cost {
        var cost = Cost()
        cost.requests = questions
        // Where nothing may be overwritten, the tag is asked for once more before it is put.
        if image.claim.overwrite == .never, steps.contains(where: { $0.action == .putTag }) {
            cost.requests += 1
        }
        cost.pulls = image.everything.count { !$0.isHeld } + image.otherReads
        for step in steps {
            switch step.action {
            case .upload:
                // POST and PUT at the destination, GET at the source.
                cost.requests += 3
                cost.uploads += 1
                cost.add(bytes: step.size)
            case .mount:
                cost.requests += 1
                cost.mounts += 1
                if step.isRemembered == true { cost.addRemembered(bytes: step.size) }
            case .putManifest, .putTag, .putReferrer, .putSignatureTag:
                cost.requests += 1
                cost.add(bytes: step.size)
            case .updateReferrerList:
                // Read, written, read again.
                cost.requests += 3
                cost.add(bytes: step.size)
            }
        }
        return cost
    }
}
