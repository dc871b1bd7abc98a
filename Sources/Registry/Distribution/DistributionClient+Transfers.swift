import HTTP
import HTTPTypes
import Logging
import OCI

extension DistributionClient {
    /// Stores a blob: mounted where a neighbour is named and the registry agrees, else sent.
    ///
    /// A transfer that breaks is gone on with where the registry still has what it got; else it is tried again
    /// from a new session, after asking whether the broken one got through.
    public func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        let purpose = purpose("upload blob", blob: blob.digest, in: repository)
        var start = try await begin(blob, from: body, in: repository, mounting: neighbour)
        // How far the blob has ever come: only beyond it is a break a first one again, so that tries have an end.
        var (tried, furthest) = (1, Int64(0))
        while true {
            guard case .open(var session) = start else { return .mounted }
            do {
                try await fill(&session, with: blob, from: body, purpose, tried: &tried)
                await close(blob, from: body, in: repository)
                return .uploaded
            } catch let failure {
                do throws(RegistryError) {
                    guard let next = try await goOn(session, blob, body, after: failure, tried: &tried) else {
                        return .uploaded
                    }
                    if next.offset - furthest >= Resuming.progress { (tried, furthest) = (1, next.offset) }
                    start = .open(next)
                } catch {
                    await give(up: session, blob, body, after: failure)
                    throw error
                }
            }
        }
    }

    /// The session that a blob goes on with after a failure, once the wait is over: the same one, or a new one;
    /// `nil` where the blob turns out to be there.
    private func goOn(
        _ session: UploadSession, _ blob: Descriptor, _ body: BlobBody, after failure: RegistryError,
        tried: inout Int
    ) async throws(RegistryError) -> UploadSession? {
        try await pause(tried: tried, failure)
        tried += 1
        if isUntouched(after: failure) { return session }
        if try await hasBlob(blob.digest, in: session.repository) {
            await close(blob, from: body, in: session.repository)
            return nil
        }
        if let kept = try await kept(session, of: blob, from: body, after: failure) {
            await note(kept, of: blob, from: body)
            return kept
        }
        // It has answered since.
        let isNoted = isJournalled(blob, body) && settings.journal != nil
        await abandon(session, after: failure, answers: isNoted)
        await close(blob, from: body, in: session.repository)
        guard case .open(let fresh) = try await startUpload(in: session.repository) else { return nil }
        await note(fresh, of: blob, from: body)
        return fresh
    }

    /// Leaves a blob. A session that may serve another try, or the next pass, stays open where it is noted.
    private func give(
        up session: UploadSession, _ blob: Descriptor, _ body: BlobBody, after failure: RegistryError
    ) async {
        let serves = failure.isTransient || [.cancelled, .down, .deferred].contains(failure.kind)
        if serves, failure.kind != .sessionLost, failure.kind != .wrongBytes, isJournalled(blob, body),
            settings.journal != nil
        {
            return await close(blob, from: body, in: session.repository, leaving: true)
        }
        await abandon(session, after: failure)
        await close(blob, from: body, in: session.repository)
    }

    /// True where the source failed before a byte was sent on: the session serves the next try. Pieces may
    /// have gone before.
    private func isUntouched(after failure: RegistryError) -> Bool {
        guard failure.side == .source else { return false }
        return switch failure.kind {
        case .throttled, .unavailable, .transport(.connect), .transport(.unknownHost): true
        default: false
        }
    }

    /// The session as the registry has kept it after a break, where there is something to go on with.
    ///
    /// What it says that it has is believed: should it be wrong, the digest of the whole is, too.
    private func kept(
        _ session: UploadSession, of blob: Descriptor, from body: BlobBody, after failure: RegistryError
    ) async throws(RegistryError) -> UploadSession? {
        guard settings.resumes, body.isStreamed, blob.size >= Resuming.above else { return nil }
        switch failure.kind {
        case .transport, .unavailable, .throttled, .sessionLost: break
        default: return nil
        }
        guard let kept = try await status(of: session), kept.offset >= 1, kept.offset <= blob.size else {
            return nil
        }
        // Refused where it is, by its own word, it is of no use; elsewhere it had not yet taken in what broke.
        if failure.kind == .sessionLost, kept.offset == session.offset { return nil }
        logger.debug(
            "going on with an upload", metadata: ["blob": "\(blob.digest)", "offset": "\(kept.offset)"])
        return kept
    }

    /// Tells the registry that a session is not needed any more, where it still answers.
    ///
    /// - Parameter answers: it does, and each session that was noted is ended.
    private func abandon(_ session: UploadSession, after failure: RegistryError, answers: Bool = false) async
    {
        if answers, failure.kind != .cancelled {
            await dismiss(session, tries: 1)
            return
        }
        switch failure.kind {
        case .sessionLost, .cancelled: return
        case .transport, .unavailable, .throttled, .denied:
            guard failure.side == .source else { return }
        default: break
        }
        await dismiss(session)
    }

    /// Brings what a session lacks, and closes it; what it has is told also where that fails.
    private func fill(
        _ session: inout UploadSession, with blob: Descriptor, from body: BlobBody, _ purpose: Purpose,
        tried: inout Int
    ) async throws(RegistryError) {
        switch body {
        case .bytes(let bytes):
            try await finish(session, as: blob.digest, with: bytes, tried: &tried)
        case .whole(let read):
            let bytes: [UInt8]
            do { bytes = try await read() } catch { throw error.on(.source) }
            try await finish(session, as: blob.digest, with: bytes, tried: &tried)
        case .file(let file):
            try await sendFile(file, of: blob, to: &session, purpose, tried: &tried)
        case .remote(let source, let repository):
            let known = await traits.pieceSize
            let course = UploadCourse(
                blob, from: source, repository, into: session, at: self, purpose: purpose,
                partSize: partSize(of: blob, for: session, known: known))
            do throws(RegistryError) { try await send(course, tried: &tried) } catch {
                session = await course.session
                // How often the source was asked in vain counts here as well: tries do not multiply.
                if error.side == .source { tried = max(tried, await course.tried) }
                // A proxy before the registry bounds bodies: in pieces the blob may pass.
                guard error.kind == .tooLarge, known == nil, error.place == place,
                    blob.size > RegistryTraits.smallPiece
                else { throw error }
                await traits.sawTooLarge()
                var failure = error
                failure.kind = .sessionLost
                throw failure
            }
        }
    }

    /// In how large pieces a blob goes up: `nil` where one request takes it whole.
    func partSize(of blob: Descriptor, for session: UploadSession, known: Int64?) -> Int64? {
        guard let wish = [known, settings.chunkSize].compactMap({ $0 }).min() else { return nil }
        let size = max(wish, session.smallestPiece ?? 0)
        return blob.size > size ? size : nil
    }

    private func send(_ course: UploadCourse, tried: inout Int) async throws(RegistryError) {
        let purpose = course.purpose
        if await course.isWhole {
            let response = try await stream(course, size: course.blob.size)
            return try checkStored(response, as: course.blob.digest, purpose)
        }
        let left = course.blob.size - (await course.session.offset)
        if left > 0 { try await course.tookAll(stream(course, size: left)) }
        try await finish(await course.session, as: course.blob.digest, tried: &tried)
    }
}
