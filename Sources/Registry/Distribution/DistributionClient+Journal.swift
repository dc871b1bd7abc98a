import HTTP
import Logging
import OCI

extension DistributionClient {
    /// Opens an upload for a blob, or takes up the one that an earlier process left; a mount comes first.
    func begin(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> UploadStart {
        guard isJournalled(blob, body), let journal = settings.journal,
            let left = await journal.upload(of: blob.digest, in: repository, at: place)
        else {
            return try await beginAnew(blob, from: body, in: repository, mounting: neighbour)
        }
        guard let neighbour else {
            if let kept = try await takeUp(left) { return .open(kept) }
            return try await beginAnew(blob, from: body, in: repository, mounting: nil)
        }
        let start = try await startUpload(in: repository, mounting: blob.digest, from: neighbour)
        guard case .open(let fresh) = start else {
            await end(left)
            return .mounted
        }
        guard let kept = try await takeUp(left) else {
            await note(fresh, of: blob, from: body)
            return start
        }
        await dismiss(fresh)
        return .open(kept)
    }

    private func beginAnew(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> UploadStart {
        let start = try await startUpload(
            in: repository, mounting: neighbour.map { _ in blob.digest }, from: neighbour)
        if case .open(let session) = start { await note(session, of: blob, from: body) }
        return start
    }

    /// Blobs of memory cost nothing to send again, and small ones hardly more than to ask.
    func isJournalled(_ blob: Descriptor, _ body: BlobBody) -> Bool {
        body.isStreamed && blob.size >= Resuming.journalled
    }

    /// Notes where an upload goes on, before more is sent there.
    func note(_ session: UploadSession, of blob: Descriptor, from body: BlobBody) async {
        guard isJournalled(blob, body), let journal = settings.journal else { return }
        let upload = LeftUpload(
            repository: session.repository, digest: blob.digest, size: blob.size,
            location: session.location.description)
        await keep(upload, at: session.location, in: journal)
    }

    /// Elsewhere than at the registry itself a location may be a key that needs no login: it is not kept.
    private func keep(_ upload: LeftUpload, at location: Address, in journal: any UploadJournal) async {
        guard location.origin == origin else {
            return await journal.forget(upload.digest, in: upload.repository, at: place)
        }
        await journal.note(upload, at: place)
    }

    /// Notes that an upload is ended, or that it is left as it is.
    func close(_ blob: Descriptor, from body: BlobBody, in repository: RepositoryName, leaving: Bool = false)
        async
    {
        guard isJournalled(blob, body), let journal = settings.journal else { return }
        if leaving {
            await journal.leave(blob.digest, in: repository, at: place)
        } else {
            await journal.forget(blob.digest, in: repository, at: place)
        }
    }

    /// The session of an upload that was left, where the registry has some of its bytes. What was sent is not
    /// read again: the digest check at the end judges the whole.
    private func takeUp(_ left: LeftUpload) async throws(RegistryError) -> UploadSession? {
        guard let journal = settings.journal, await journal.note(left, at: place) else { return nil }
        var found: UploadSession?
        if let session = session(of: left) {
            do throws(RegistryError) { found = try await status(of: session) } catch {
                logger.debug("an upload can't be gone on with", metadata: ["failure": "\(error)"])
                guard !error.isTransient, error.kind != .cancelled else {
                    // The registry may still have it: it stays noted until a new one stands in its place.
                    await journal.leave(left.digest, in: left.repository, at: place)
                    guard error.kind != .cancelled else { throw error }
                    return nil
                }
            }
        }
        guard let found, (1...left.size).contains(found.offset) else {
            if let found { await dismiss(found) }
            await journal.forget(left.digest, in: left.repository, at: place)
            return nil
        }
        logger.debug(
            "going on with an upload of earlier",
            metadata: ["blob": "\(left.digest)", "offset": "\(found.offset)"])
        var moved = left
        moved.location = found.location.description
        await keep(moved, at: found.location, in: journal)
        return found
    }

    private func session(of left: LeftUpload) -> UploadSession? {
        guard let location = try? Address(left.location), location.origin == origin else { return nil }
        return UploadSession(location: location, repository: left.repository)
    }

    /// Ends an upload that was left, where no other process has taken it up.
    private func end(_ left: LeftUpload) async {
        guard let journal = settings.journal, await journal.note(left, at: place) else { return }
        if let session = session(of: left) { await dismiss(session) }
        await journal.forget(left.digest, in: left.repository, at: place)
    }

    /// Tells the registry that a session is not needed; that it can't be told is no failure.
    func dismiss(_ session: UploadSession) async {
        do throws(RegistryError) { try await cancel(session) } catch {
            logger.debug("an upload is left open", metadata: ["failure": "\(error)"])
        }
    }
}

extension DistributionClient: SweepingBackend {
    /// Ends uploads that nobody goes on with. A registry that does not let us ends them in its own time.
    public func sweepUploads(in repositories: Set<RepositoryName>) async {
        guard let journal = settings.journal else { return }
        for left in await journal.uploads(at: place) where repositories.contains(left.repository) {
            guard !Task.isCancelled else { return }
            await end(left)
        }
    }
}
