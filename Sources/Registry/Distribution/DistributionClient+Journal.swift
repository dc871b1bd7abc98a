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
            var left = await journal.upload(of: blob.digest, in: repository, at: place)
        else {
            return try await beginAnew(blob, from: body, in: repository, mounting: neighbour)
        }
        // What was written down may be wrong; the blob's size is the manifest's word.
        left.size = blob.size
        guard let neighbour else {
            if let kept = try await takeUp(left) { return .open(kept) }
            return try await beginAnew(blob, from: body, in: repository, mounting: nil)
        }
        let start = try await startUpload(in: repository, mounting: blob.digest, from: neighbour)
        guard case .open(let fresh) = start else {
            await end(left)
            return .mounted
        }
        let kept: UploadSession?
        do throws(RegistryError) { kept = try await takeUp(left) } catch {
            await dismiss(fresh)
            throw error
        }
        guard let kept else {
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
        if case .remote = body { blob.size >= Resuming.journalled } else { false }
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
    ///
    /// Where the registry can't be asked now, that is thrown: the blob goes on another time.
    private func takeUp(_ left: LeftUpload) async throws(RegistryError) -> UploadSession? {
        guard let journal = settings.journal, await journal.note(left, at: place) else { return nil }
        guard let session = session(of: left) else {
            await journal.forget(left.digest, in: left.repository, at: place)
            return nil
        }
        let standing: UploadStanding
        do throws(RegistryError) { standing = try await self.standing(of: session) } catch {
            // The registry may still have it: it stays noted until a new one stands in its place.
            await journal.leave(left.digest, in: left.repository, at: place)
            logger.debug("an upload can't be gone on with", metadata: ["failure": "\(error)"])
            guard await isLasting(error, of: left) else { throw error }
            await dismiss(session, tries: 1)
            return nil
        }
        guard case .open(let found) = standing, found.offset >= 1, found.offset <= left.size else {
            if case .gone = standing {} else { await dismiss(session, tries: 1) }
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

    /// True where it is this one upload that the registry can't serve, and not the registry that can't be asked.
    private func isLasting(_ failure: RegistryError, of left: LeftUpload) async -> Bool {
        guard !isPassing(failure) else {
            // One that always gets such an answer would keep its image from ever being copied.
            guard failure.isTransient else { return false }
            return await traits.asked(inVain: left.location) >= Resuming.mostAsked
        }
        return true
    }

    /// True of trouble that has nothing to do with what was asked for.
    private func isPassing(_ failure: RegistryError) -> Bool {
        switch failure.kind {
        case .unavailable: failure.status != 500
        case .transport, .throttled, .down, .deferred, .cancelled: true
        default: false
        }
    }

    private func session(of left: LeftUpload) -> UploadSession? {
        guard let location = try? Address(left.location), location.origin == origin else { return nil }
        return UploadSession(location: location, repository: left.repository)
    }

    /// Ends an upload that was left, where no other process has taken it up.
    private func end(_ left: LeftUpload) async {
        guard let journal = settings.journal, await journal.note(left, at: place) else { return }
        if let session = session(of: left), let failure = await dismiss(session), isPassing(failure) {
            return await journal.leave(left.digest, in: left.repository, at: place)
        }
        await journal.forget(left.digest, in: left.repository, at: place)
    }

    /// Tells the registry that a session is not needed. That it can't be told is no failure of the blob's: it is
    /// only handed out.
    @discardableResult
    func dismiss(_ session: UploadSession, tries: Int? = nil) async -> RegistryError? {
        let most = settings.retry.tries
        do throws(RegistryError) {
            try await cancel(session, tried: most - min(tries ?? most, most) + 1)
            return nil
        } catch {
            logger.debug("an upload is left open", metadata: ["failure": "\(error)"])
            return error
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
