import Desired
import OCI

extension Planner {
    /// What brings the things that hang on an image: first their blobs, then their manifests and lists.
    static func referrerSteps(for image: ObservedImage, ledger: inout PlanLedger) -> (
        blobs: [Step], puts: [Step]
    ) {
        let (repository, registry) = (image.claim.destinationRepository, image.destinationPlace)
        var blobs: [Step] = []
        var puts: [Step] = []
        for referrer in image.referrers {
            blobs += referrer.content.flatMap { blobSteps($0, image, &ledger) }
            for child in referrer.content.dropLast().map(\.document)
            where ledger.noteManifest(child.digest, in: repository, at: registry) {
                puts.append(put(child, .putManifest, "the \(referrer.kind.word) names it"))
            }
            guard let own = referrer.content.last?.document else { continue }
            if let loss = referrer.loss {
                // The tag or the list that leads to it is right.
                guard ledger.noteManifest(own.digest, in: repository, at: registry) else { continue }
                let isLost = loss.manifests.contains(own.digest)
                puts.append(
                    put(own, .putReferrer, isLost ? "it was lost" : "something that it names was lost"))
            } else if let tag = referrer.tag {
                guard ledger.note(tag, as: own.digest, in: repository, at: registry) else { continue }
                puts.append(
                    put(own, .putSignatureTag, "\(tag.description) is about \(referrer.subject.short)"))
            } else if ledger.noteManifest(own.digest, in: repository, at: registry) {
                puts.append(put(own, .putReferrer, "it is about \(referrer.subject.short)"))
            }
        }
        return (blobs, puts + listSteps(for: image, ledger: &ledger))
    }

    private static func listSteps(for image: ObservedImage, ledger: inout PlanLedger) -> [Step] {
        let (repository, registry) = (image.claim.destinationRepository, image.destinationPlace)
        return image.referrerLists.compactMap { list in
            let entries = image.referrers.filter { $0.subject == list.subject }.compactMap(\.entry)
            let known = ledger.list(of: list.subject, in: repository, at: registry)
            guard let next = ObservedReferrerList.merged(known ?? list.held, with: entries, from: list.source)
            else { return nil }
            ledger.note(next, of: list.subject, in: repository, at: registry)
            return Step(
                action: .updateReferrerList, digest: Digest(hashing: next.bytes),
                size: Int64(next.bytes.count),
                reason: "the registry keeps no list of referrers by itself")
        }
    }

    /// What hangs on an image and is not there, in a few words.
    static func words(for referrers: [ObservedReferrer]) -> String {
        let missing = counted(referrers.filter { $0.held == nil })
        let different = counted(referrers.filter { $0.held != nil })
        return [(missing, "missing"), (different, "different")].compactMap { count, state in
            count.isEmpty ? nil : "\(count.text) \(count.isOne ? "is" : "are") \(state)"
        }.joined(separator: "; ")
    }

    /// `1 signature and 2 referrers`
    static func counted(_ referrers: [ObservedReferrer]) -> (text: String, isOne: Bool, isEmpty: Bool) {
        let parts = AttachedTag.allCases.compactMap { kind -> String? in
            let count = referrers.count { $0.kind == kind }
            guard count > 0 else { return nil }
            return "\(count) \(kind.word)\(count == 1 ? "" : "s")"
        }
        let last = parts.last ?? ""
        let text = parts.count > 1 ? parts.dropLast().joined(separator: ", ") + " and " + last : last
        return (text, referrers.count == 1, referrers.isEmpty)
    }
}

extension AttachedTag {
    /// What it is called in reasons.
    var word: String {
        switch self {
        case .signature: "signature"
        case .attestation: "attestation"
        case .sbom: "SBOM"
        case .referrers: "referrer"
        }
    }
}
