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

        static func += (sum: inout Moved, more: Moved) {
            sum.bytes += more.bytes
            sum.uploads += more.uploads
            sum.mounts += more.mounts
        }
    }

    /// Remembers what a look found at the destination, for the images after this one.
    func learn(_ image: ObservedImage) async {
        let ledger = await ledgers.blobs(at: image.destinationPlace)
        for digest in Set(image.content.flatMap(\.present)) {
            await ledger.note(digest, in: image.claim.destinationRepository)
        }
    }

    /// Copies what a look found. What the repository turns out to lack is asked for anew and brought, once.
    ///
    /// What was moved is told of a copy that fails, too.
    func copy(_ look: Look, _ moved: inout Moved) async throws(RegistryError) {
        do throws(RegistryError) {
            try await write(look.image, &moved)
        } catch let error where error.kind == .contentMissing {
            let place = look.image.destinationPlace
            for ledger in [await ledgers.blobs(at: place), await ledgers.manifests(at: place)] {
                await ledger.forget(look.image.claim.destinationRepository)
            }
            let again = await observer.content(of: look, asksAll: true)
            if let error = again.error { throw error }
            await learn(again.image)
            try await write(again.image, &moved)
        }
    }

    private func write(_ image: ObservedImage, _ moved: inout Moved) async throws(RegistryError) {
        guard let top = image.content.last else { return }
        try await bringBlobs(of: image, await ledgers.blobs(at: image.destinationPlace), &moved)
        let destination = try observer.places.backend(image.claim.destinationRegistry)
        let ledger = await ledgers.manifests(at: image.destinationPlace)
        for child in image.content.dropLast() where !child.isPresent {
            if try await put(child.document, image.claim, destination, ledger) {
                moved.bytes += Int64(child.document.bytes.count)
            }
        }
        try await on(.destination) { () async throws(RegistryError) in
            try await putTag(top.document, image.claim, destination)
        }
        moved.bytes += Int64(top.document.bytes.count)
    }

    /// Puts a child by its digest; false where another image of the repository has done so.
    private func put(
        _ child: ManifestDocument, _ claim: Claim, _ destination: any Backend, _ ledger: BlobLedger
    ) async throws(RegistryError) -> Bool {
        let repository = claim.destinationRepository
        let turn = try await turn(for: child.digest, in: repository, destination, ledger)
        guard case .bring = turn else { return false }
        do throws(RegistryError) {
            try await destination.put(child, as: .digest(child.digest), in: repository)
        } catch {
            await ledger.done(child.digest, in: repository, arrived: false)
            throw error.on(.destination)
        }
        await ledger.done(child.digest, in: repository, arrived: true)
        return true
    }

    private func turn(
        for digest: Digest, in repository: RepositoryName, _ destination: any Backend, _ ledger: BlobLedger
    ) async throws(RegistryError) -> BlobLedger.Turn {
        do { return try await ledger.turn(for: digest, in: repository) } catch {
            throw RegistryError(
                .cancelled, at: destination.place, while: "wait for", "\(repository)@\(digest)")
        }
    }

    /// A registry that keeps tags immutable refuses even the digest that is there: then nothing is to be done.
    private func putTag(_ document: ManifestDocument, _ claim: Claim, _ destination: any Backend)
        async throws(RegistryError)
    {
        do throws(RegistryError) {
            try await destination.put(
                document, as: .tag(claim.destinationTag), in: claim.destinationRepository)
        } catch let error where error.kind == .immutable {
            let now = try await destination.resolve(
                .tag(claim.destinationTag), in: claim.destinationRepository)
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
                if !manifest.present.contains(blob.digest) { missing.append(blob) }
            }
        }
        let results = await missing.mapBounded(by: 16) { blob -> Result<Moved, RegistryError> in
            do throws(RegistryError) { return .success(try await bring(blob, of: image.claim, ledger)) } catch
            {
                return .failure(error)
            }
        }
        for case .success(let one) in results { moved += one }
        for case .failure(let error) in results { throw error }
    }

    private func bring(_ blob: Descriptor, of claim: Claim, _ ledger: BlobLedger) async throws(RegistryError)
        -> Moved
    {
        let source = try observer.places.backend(claim.sourceRegistry)
        let destination = try observer.places.backend(claim.destinationRegistry)
        let repository = claim.destinationRepository
        let turn = try await turn(for: blob.digest, in: repository, destination, ledger)
        guard case .bring(let known) = turn else { return Moved() }
        // Within one registry the source's own repository is a neighbour.
        let neighbour = known ?? (source.place == destination.place ? claim.sourceRepository : nil)
        do throws(RegistryError) {
            let arrival = try await destination.putBlob(
                blob, from: source.blob(blob.digest, in: claim.sourceRepository), in: repository,
                mounting: neighbour)
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
    private var blobs: [String: BlobLedger] = [:]
    private var manifests: [String: BlobLedger] = [:]

    /// The blobs of a destination.
    func blobs(at place: String) -> BlobLedger {
        if let known = blobs[place] { return known }
        let ledger = BlobLedger()
        blobs[place] = ledger
        return ledger
    }

    /// The child manifests of a destination, which each repository needs for itself.
    func manifests(at place: String) -> BlobLedger {
        if let known = manifests[place] { return known }
        let ledger = BlobLedger(mounts: false)
        manifests[place] = ledger
        return ledger
    }
}
