import HTTP
import HTTPTypes
import OCI

extension DistributionClient {
    /// Streams a blob into a file. A broken download goes on from where it was (distribution-spec, "Pulling blobs":
    /// the Range field), where the registry knows how.
    ///
    /// A file that can't be written fails with the kind `.storage`; the sink knows why.
    func fetch(_ blob: Descriptor, in repository: RepositoryName, into sink: BlobSink)
        async throws(RegistryError)
    {
        let purpose = purpose("read blob", blob: blob.digest, in: repository)
        var (tried, mark) = (1, Int64(0))
        while true {
            do throws(RegistryError) {
                return try await holdingSlot(for: blob.size, .read, purpose) {
                    () async throws(RegistryError) in
                    try await self.fetchOnce(blob, in: repository, into: sink, purpose)
                }
            } catch {
                // Further than ever before, a break is a first one again.
                if error.kind != .wrongBytes, sink.received - mark >= Resuming.progress {
                    (mark, tried) = (sink.received, 1)
                }
                try await pause(tried: tried, error.on(.source))
                tried += 1
                // What is wrong somewhere is wrong as a whole.
                guard error.kind == .wrongBytes, (try? sink.restart()) == nil else { continue }
                throw RegistryError(.storage, at: place, while: purpose.action, purpose.subject)
            }
        }
    }

    private func holdingSlot<Value: Sendable>(
        for size: Int64, _ action: Turnstile.Action, _ purpose: Purpose,
        _ body: @escaping @Sendable () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        do {
            let run = {
                try await self.holding(Turnstile.Wish(first: action, isStream: true), purpose) {
                    () async throws(RegistryError) in
                    try await self.keepRate(purpose)
                    return try await body()
                }
            }
            return try await size > LargeBlobs.above ? largeBlobs.holding(1, run) : run()
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }

    /// One download of what is missing, with a fresh proof where one is asked for, and wherever it is redirected.
    private func fetchOnce(
        _ blob: Descriptor, in repository: RepositoryName, into sink: BlobSink, _ purpose: Purpose
    ) async throws(RegistryError) {
        let first = Request(.get, address(repository, "blobs/\(blob.digest)"), answerLimit: 64 << 10)
        var (request, redirects, renewals) = (first, 0, Renewals())
        while true {
            let proof = try await proof(for: purpose)
            request.headers[.range] = sink.received > 0 ? "bytes=\(sink.received)-" : nil
            let response: Response
            do { response = try await transport.fetch(prepared(request, proof: proof), into: sink) } catch {
                trace(request, error.description)
                throw failure(error, purpose)
            }
            trace(request, "\(response.status)")
            await showWarning(response)
            if isQuestion(response), renewals.allow(after: proof) {
                request = first
                try await renew(proof, after: response, for: purpose)
            } else if response.isRedirect {
                redirects += 1
                do {
                    guard redirects <= Redirects.most else { throw RedirectError.tooMany }
                    request = try request.following(response)
                } catch {
                    throw malformed(purpose, "\(error)")
                }
            } else {
                guard response.isSuccess else { throw failure(response, purpose) }
                return
            }
        }
    }

    // MARK: - Sending

    /// Sends what a session lacks of a blob from a file: as one, or in pieces where they are wanted or where the
    /// registry takes no more. What the session has is told also where that fails.
    func sendFile(
        _ source: LayoutBlob, of blob: Descriptor, to session: inout UploadSession, _ purpose: Purpose,
        tried: inout Int
    ) async throws(RegistryError) {
        let file = try await source.open(size: blob.size)
        let known = await traits.pieceSize
        let pieces = partSize(of: blob, for: session, known: known)
        do throws(RegistryError) {
            guard pieces != nil || session.offset > 0 else {
                return try await sendWhole(file, blob, to: session, source, purpose)
            }
            while session.offset < blob.size {
                try await sendPiece(of: file, blob, size: pieces, to: &session, source, purpose)
            }
        } catch {
            guard error.kind == .tooLarge, known == nil, blob.size > RegistryTraits.smallPiece else {
                throw error
            }
            // A proxy before the registry bounds bodies: in smaller pieces the blob may pass.
            await traits.sawTooLarge()
            var failure = error
            failure.kind = .sessionLost
            throw failure
        }
        try await finish(session, as: blob.digest, tried: &tried)
    }

    private func sendWhole(
        _ file: DiskFile, _ blob: Descriptor, to session: UploadSession, _ source: LayoutBlob,
        _ purpose: Purpose
    ) async throws(RegistryError) {
        let request = Request(
            .put, session.location.adding(query: "digest", blob.digest.description),
            headers: [.contentType: "application/octet-stream"], answerLimit: 64 << 10)
        let body = FileBody(
            descriptor: file.descriptor, count: blob.size, checksum: Checksum(of: blob.digest))
        let response = try await send(request, from: body, of: file, source, purpose)
        try checkStored(response, as: blob.digest, purpose)
    }

    private func sendPiece(
        of file: DiskFile, _ blob: Descriptor, size: Int64?, to session: inout UploadSession,
        _ source: LayoutBlob, _ purpose: Purpose
    ) async throws(RegistryError) {
        let left = blob.size - session.offset
        let count = min(size ?? left, left)
        var request = Request(.patch, session.location, answerLimit: 64 << 10)
        request.headers = pieceHeaders(from: session.offset, count: count)
        let body = FileBody(
            descriptor: file.descriptor, offset: session.offset, count: count, checksum: nil)
        let response = try await send(request, from: body, of: file, source, purpose)
        session = try advanced(session, by: response, purpose, sent: count)
        await note(session, of: blob, from: .file(source))
    }

    /// Sends one body, with a fresh proof where one is asked for; what it fails by is told of its side.
    private func send(
        _ request: Request, from body: FileBody, of file: DiskFile, _ source: LayoutBlob, _ purpose: Purpose
    ) async throws(RegistryError) -> Response {
        do throws(RegistryError) {
            return try await holdingSlot(for: body.count, .write, purpose) {
                () async throws(RegistryError) in
                try await self.sendOnce(request, from: body, of: file, source, purpose)
            }
        } catch { throw error.on(.destination) }
    }

    private func sendOnce(
        _ request: Request, from body: FileBody, of file: DiskFile, _ source: LayoutBlob, _ purpose: Purpose
    ) async throws(RegistryError) -> Response {
        var renewals = Renewals()
        while true {
            let proof = try await proof(for: purpose)
            let response: Response
            do { response = try await transport.send(prepared(request, proof: proof), from: body) } catch {
                trace(request, error.description)
                guard error.end == .upload || error.kind == .cancelled else {
                    let kind: DiskError.Kind = error.kind == .wrongBytes ? .wrongBytes : .storage
                    throw source.layout.failure(
                        DiskError(kind, "\(file.path): \(error.detail)"), source.purpose
                    ).on(.source)
                }
                throw failure(error, purpose)
            }
            trace(request, "\(response.status)")
            withExtendedLifetime(file) {}
            if isQuestion(response), renewals.allow(after: proof) {
                try await renew(proof, after: response, for: purpose)
                continue
            }
            guard response.isSuccess else { throw uploadFailure(response, purpose) }
            await showWarning(response)
            return response
        }
    }
}
