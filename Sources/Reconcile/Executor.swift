import Desired
import OCI
import Plan
import Registry

/// Copies one image: its blobs, then its child manifests, then the one PUT that makes it visible.
struct Executor: Sendable {
    let observer: Observer
    let ledgers: Ledgers

    /// What a copy moved.
    struct Moved: Sendable, Hashable {
        /// Bytes of blobs that were sent, and of manifests.
        var bytes: Int64 = 0
        /// Blobs that were sent.
        var uploads = 0
        /// Blobs that were mounted.
        var mounts = 0
    }

    /// Copies what a look found. What the repository turns out to lack is asked for anew and brought, once.
    func copy(_ look: Look) async throws(RegistryError) -> Moved {
        var moved = Moved()
        do throws(RegistryError) {
            try await write(look.image, &moved)
        } catch where error.kind == .contentMissing {
            let ledger = await ledgers.ledger(of: look.image.destinationPlace)
            await ledger.forget(look.image.claim.destinationRepository)
            let again = await observer.content(of: look, asksAll: true)
            if let error = again.error { throw error }
            try await write(again.image, &moved)
        }
        return moved
    }

    private func write(_ image: ObservedImage, _ moved: inout Moved) async throws(RegistryError) {
        guard let top = image.content.last else { return }
        let ledger = await ledgers.ledger(of: image.destinationPlace)
        try await bringBlobs(of: image, ledger, &moved)
        let (destination, repository) = (
            try observer.places.backend(image.claim.destinationRegistry), image.claim.destinationRepository
        )
        try await on(.destination) { () async throws(RegistryError) in
            for child in image.content.dropLast() where !child.isPresent {
                try await destination.put(child.document, as: .digest(child.document.digest), in: repository)
            }
            try await putTag(top.document, image.claim, destination)
        }
        moved.bytes += image.content.reduce(0) { $0 + ($1.isPresent ? 0 : Int64($1.document.bytes.count)) }
    }

    /// A registry that keeps tags immutable refuses even the digest that is there: then nothing is to be done.
    private func putTag(_ document: ManifestDocument, _ claim: Claim, _ destination: any Backend)
        async throws(RegistryError)
    {
        do throws(RegistryError) {
            try await destination.put(document, as: .tag(claim.destinationTag), in: claim.destinationRepository)
        } catch where error.kind == .immutable {
            let now = try await destination.resolve(.tag(claim.destinationTag), in: claim.destinationRepository)
            guard now?.digest == document.digest else { throw error }
        }
    }

    /// Brings every blob, side by side; all are let finish, since other images may wait for some of them.
    private func bringBlobs(of image: ObservedImage, _ ledger: BlobLedger, _ moved: inout Moved)
        async throws(RegistryError)
    {
        var seen: Set<Digest> = []
        var missing: [Descriptor] = []
        for manifest in image.content where !manifest.isPresent {
            for blob in manifest.document.blobs where seen.insert(blob.digest).inserted {
                if manifest.present.contains(blob.digest) {
                    await ledger.note(blob.digest, in: image.claim.destinationRepository)
                } else {
                    missing.append(blob)
                }
            }
        }
        let results = await missing.mapBounded(by: 16) { blob -> Result<Moved, RegistryError> in
            do throws(RegistryError) { return .success(try await bring(blob, of: image.claim, ledger)) } catch {
                return .failure(error)
            }
        }
        for result in results {
            let one = try result.get()
            moved.bytes += one.bytes
            moved.uploads += one.uploads
            moved.mounts += one.mounts
        }
    }

    private func bring(_ blob: Descriptor, of claim: Claim, _ ledger: BlobLedger) async throws(RegistryError) -> Moved {
        let source = try observer.places.backend(claim.sourceRegistry)
        let destination = try observer.places.backend(claim.destinationRegistry)
        let repository = claim.destinationRepository
        let turn: BlobLedger.Turn
        do { turn = try await ledger.turn(for: blob.digest, in: repository) } catch {
            throw RegistryError(.cancelled, at: destination.place, while: "wait for", "\(repository)@\(blob.digest)")
        }
        guard case .bring(let known) = turn else { return Moved() }
        // Within one registry the source's own repository is a neighbour.
        let neighbour = known ?? (source.place == destination.place ? claim.sourceRepository : nil)
        do throws(RegistryError) {
            let arrival = try await destination.putBlob(
                blob, from: source.blob(blob.digest, in: claim.sourceRepository), in: repository, mounting: neighbour)
            if neighbour != nil { await ledger.mountEnded(granted: arrival == .mounted) }
            await ledger.done(blob.digest, in: repository, arrived: true)
            return arrival == .mounted ? Moved(mounts: 1) : Moved(bytes: blob.size, uploads: 1)
        } catch {
            await ledger.done(blob.digest, in: repository, arrived: false)
            throw error.on(.destination)
        }
    }
}

/// The ledgers of all destinations, one for each host.
actor Ledgers {
    private var ledgers: [String: BlobLedger] = [:]

    /// The ledger of a destination.
    func ledger(of place: String) -> BlobLedger {
        if let known = ledgers[place] { return known }
        let ledger = BlobLedger()
        ledgers[place] = ledger
        return ledger
    }
}
