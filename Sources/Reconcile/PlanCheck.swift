import Desired
import OCI
import Plan
import Registry

/// Compares a saved plan with what both sides are now, by heads alone.
struct PlanCheck: Sendable {
    let places: Places
    /// A source tag that was moved is refused, instead of told.
    let isStrict: Bool
    let counter = LookCounter()

    /// How one planned image stands.
    enum Standing: Sendable {
        /// As it was when the plan was made. Where the source's tag was moved, its new digest is said; it is not followed.
        case fits(sourceIsNow: Sight?)
        /// The destination has what it was to get, and all that hangs on it.
        case done
        /// The destination has the image's tag, and lacks what it had lost, or something that hangs on the image.
        case lacks(lost: Bool, attached: Bool)
        /// It does not fit any more.
        case stale(RegistryError)
        /// It could not be found out.
        case unknown(RegistryError)
    }

    func standing(of image: SavedPlan.Image) async -> Standing {
        do throws(RegistryError) {
            let hasImage = try await on(.destination) { () async throws(RegistryError) -> Bool in
                try await isThere(image)
            }
            let missing = try await on(.destination) {
                () async throws(RegistryError) -> [SavedPlan.Attached] in
                try await lacking(of: image)
            }
            let isLost = try await on(.destination) { () async throws(RegistryError) -> Bool in
                try await lacksLost(of: image)
            }
            if hasImage, missing.isEmpty, !isLost { return .done }
            try await checkPart(of: image)
            let attached = missing + image.attached.filter(\.isLost)
            if hasImage, attached.isEmpty { return .lacks(lost: isLost, attached: false) }
            try await checkAttached(to: image)
            return try await on(.source) { () async throws(RegistryError) -> Standing in
                try await isHeld(attached, of: image)
                return hasImage ? .lacks(lost: isLost, attached: true) : try await source(of: image)
            }
        } catch {
            return error.kind == .stale ? .stale(error) : .unknown(error)
        }
    }

    /// Whether the destination has the image; one that it has instead of what it had is refused.
    private func isThere(_ image: SavedPlan.Image) async throws(RegistryError) -> Bool {
        let claim = image.claim
        let place = try places.backend(claim.destinationRegistry)
        await counter.add(1, at: place)
        let now = try await place.resolve(.tag(claim.destinationTag), in: claim.destinationRepository)?.digest
        if image.isWanted(now) { return true }
        guard now == image.destination.digest else {
            throw .stale(claim, at: place.place, was: image.destination.digest, isNow: now)
        }
        return false
    }

    /// Whether anything is still missing of what the destination had lost.
    private func lacksLost(of image: SavedPlan.Image) async throws(RegistryError) -> Bool {
        let (repository, place) = (
            image.claim.destinationRepository, try places.backend(image.claim.destinationRegistry)
        )
        for digest in image.lostManifests {
            await counter.add(1)
            guard try await place.rightManifest(digest, in: repository) != nil else { return true }
        }
        for blob in image.lostBlobs {
            await counter.add(1)
            guard try await place.holds(blob, in: repository) else { return true }
        }
        return false
    }

    /// What hangs on the image and the destination lacks. A tag that led to what was lost must still lead there.
    private func lacking(of image: SavedPlan.Image) async throws(RegistryError) -> [SavedPlan.Attached] {
        let (claim, place) = (image.claim, try places.backend(image.claim.destinationRegistry))
        var lacking: [SavedPlan.Attached] = []
        for one in image.attached where !one.isLost || one.tag != nil {
            let reference = one.tag.map { Reference.tag($0) } ?? .digest(one.digest)
            await counter.add(1, at: place)
            let now = try await place.resolve(reference, in: claim.destinationRepository)?.digest
            guard now != one.digest else { continue }
            guard one.tag == nil || (now == one.held && !one.isLost) else {
                throw .stale(one, of: claim, at: place.place, isNow: now)
            }
            lacking.append(one)
        }
        return lacking
    }

    /// A pinned image is asked for by its digest alone: where its tag leads to is nothing to it.
    private func source(of image: SavedPlan.Image) async throws(RegistryError) -> Standing {
        let claim = image.claim
        let place = try places.backend(claim.sourceRegistry)
        guard let planned = claim.pin ?? image.source else {
            throw .stale(image, at: place.place, "the plan knows no digest of it")
        }
        var now: Sight?
        if claim.pin == nil {
            await counter.add(1, at: place)
            let answer = try await place.resolve(.tag(claim.sourceTag), in: claim.sourceRepository)
            if answer?.digest == planned { return .fits(sourceIsNow: nil) }
            now = answer.map { .present($0.digest) } ?? .absent
            if isStrict {
                let isNow = answer.map { "was moved to \($0.digest.short)" } ?? "is gone"
                throw .stale(
                    image, at: place.place, "the tag \(isNow), and the plan is for \(planned.short)")
            }
        }
        await counter.add(1, at: place)
        guard try await place.resolve(.digest(planned), in: claim.sourceRepository) != nil else {
            throw .stale(image, at: place.place, "the source has \(planned.short) no more")
        }
        return .fits(sourceIsNow: now)
    }
}
