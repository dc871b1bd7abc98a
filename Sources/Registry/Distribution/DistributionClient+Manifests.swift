import HTTP
import HTTPTypes
import OCI

extension DistributionClient {
    /// Every kind that davit copies, in one field: some registries look at the first Accept field alone, and
    /// HEAD and GET must ask the same, or they may mean different manifests.
    private static let accept = MediaType.manifests.map(\.rawValue).joined(separator: ", ")

    private func purpose(_ action: String, _ reference: Reference, _ repository: RepositoryName) -> Purpose {
        let sign = reference.digest == nil ? ":" : "@"
        return Purpose(
            action: action, subject: "\(repository)\(sign)\(reference)", scopes: scopes(repository),
            reading: .manifest)
    }

    private func request(
        _ method: HTTPRequest.Method, _ reference: Reference, _ repository: RepositoryName
    ) -> Request {
        Request(
            method, address(repository, "manifests/\(reference)"), headers: [.accept: Self.accept],
            answerLimit: 4 << 20)
    }

    /// What a tag or digest stands for, by HEAD; by GET where the registry's HEAD tells no digest of a tag.
    public func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?
    {
        try await look(at: reference, in: repository, knowing: nil)
    }

    /// The same, with `If-None-Match`: a registry whose entity tags are digests, as Docker's are, then need not read
    /// the manifest, and answers 304 (RFC 9110, section 13.1.2). Others answer as ever.
    public func resolve(_ tag: Tag, in repository: RepositoryName, knowing known: Digest)
        async throws(RegistryError) -> Descriptor?
    {
        try await look(at: .tag(tag), in: repository, knowing: known)
    }

    private func look(at reference: Reference, in repository: RepositoryName, knowing known: Digest?)
        async throws(RegistryError) -> Descriptor?
    {
        if reference.digest == nil, await traits.headTellsNoDigest {
            return try await manifest(reference, in: repository)?.descriptor
        }
        let purpose = purpose("look at", reference, repository)
        var request = request(.head, reference, repository)
        if let known { request.headers[.ifNoneMatch] = "\"\(known)\"" }
        let response = try await exchange(request, for: purpose)
        if let known, response.status == 304 {
            return Descriptor(mediaType: MediaType(contentType: ""), digest: known, size: 0)
        }
        guard response.status != 404 else { return nil }
        guard response.isSuccess else { throw failure(response, purpose) }
        guard let digest = try named(by: response, purpose) ?? reference.digest else {
            await traits.sawNoDigest()
            return try await manifest(reference, in: repository)?.descriptor
        }
        if let wanted = reference.digest, wanted.algorithm == digest.algorithm, wanted != digest {
            throw RegistryError(
                .wrongBytes, at: place, while: purpose.action, purpose.subject,
                detail: "it answers with \(digest)")
        }
        return Descriptor(
            mediaType: MediaType(contentType: response.headers[.contentType] ?? ""),
            digest: reference.digest ?? digest,
            size: response.headers[.contentLength].flatMap { Int64($0) } ?? 0)
    }

    /// A manifest, by GET, its digest checked over the bytes.
    public func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    {
        let purpose = purpose("read manifest", reference, repository)
        var tried = 1
        while true {
            let response = try await exchange(
                request(.get, reference, repository), for: purpose, tried: &tried)
            guard response.status != 404 else { return nil }
            guard response.isSuccess else { throw failure(response, purpose) }
            do { return try read(response, asked: reference, purpose) } catch  where error.isTransient {
                try await pause(tried: tried, error)
                tried += 1
            }
        }
    }

    private func read(_ response: Response, asked reference: Reference, _ purpose: Purpose)
        throws(RegistryError) -> ManifestDocument
    {
        // What was asked by digest is judged by that alone; some registries name it by another function.
        var expected = reference.digest
        if expected == nil { expected = try named(by: response, purpose) }
        let document: ManifestDocument
        do {
            document = try ManifestDocument(
                bytes: response.body, contentType: response.headers[.contentType],
                algorithm: expected?.algorithm ?? .sha256)
        } catch {
            // A broken body of a known digest is a fault of the way, not of the manifest.
            let sum = Digest(hashing: response.body, by: expected?.algorithm ?? .sha256)
            guard expected == nil || sum == expected else { throw wrongBytes(sum, purpose) }
            let kind: RegistryError.Kind = if case .malformed = error { .malformed } else { .unsupported }
            throw RegistryError(
                kind, at: place, while: purpose.action, purpose.subject,
                detail: "\(error)".printable(atMost: 300))
        }
        guard expected == nil || document.digest == expected else {
            throw wrongBytes(document.digest, purpose)
        }
        return document
    }

    private func wrongBytes(_ sum: Digest, _ purpose: Purpose) -> RegistryError {
        let detail = "what came hashes to \(sum)"
        return RegistryError(.wrongBytes, at: place, while: purpose.action, purpose.subject, detail: detail)
    }

    /// Stores a manifest; the digest that the registry answers must be its own.
    public func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)
    {
        _ = try await store(manifest, as: reference, in: repository)
    }

    /// Stores a manifest; returns the registry's answer, none where the manifest is there and can't be put again.
    ///
    /// Another digest may mean that the bytes were damaged on their way: the manifest is put again. The same
    /// one once more means that the registry rewrites what it is given.
    func store(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError) -> Response?
    {
        var purpose = purpose("put manifest", reference, repository)
        purpose.isPut = true
        var tried = 1
        var other: Digest?
        while true {
            let response = try await put(manifest, as: reference, in: repository, purpose, tried: &tried)
            guard let response, let stored = try named(by: response, purpose),
                stored.algorithm == manifest.digest.algorithm, stored != manifest.digest
            else { return response }
            var failure = RegistryError(
                .wrongBytes, at: place, while: purpose.action, purpose.subject,
                detail: "the registry stored \(stored) instead of \(manifest.digest)")
            if stored == other {
                failure.kind = .malformed
                failure.detail += ": it rewrites manifests"
                throw failure
            }
            other = stored
            try await pause(tried: tried, failure)
            tried += 1
        }
    }

    /// Puts a manifest once; no answer where it is there and can't be put again.
    private func put(
        _ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName,
        _ purpose: Purpose, tried: inout Int
    ) async throws(RegistryError) -> Response? {
        var request = request(.put, reference, repository)
        request.headers = [.contentType: manifest.mediaType.rawValue]
        request.body = manifest.bytes
        let response = try await exchange(request, for: purpose, tried: &tried)
        guard !response.isSuccess else { return response }
        let failure = putFailure(response, reference, purpose)
        // A repeated PUT may meet a tag that must not be moved: it is where it should be.
        if failure.kind == .immutable,
            try await resolve(reference, in: repository)?.digest == manifest.digest
        {
            return nil
        }
        throw failure
    }

    /// What the answer to a manifest's PUT means: there a thing unknown is a part, never the manifest itself.
    private func putFailure(_ response: Response, _ reference: Reference, _ purpose: Purpose) -> RegistryError
    {
        var failure = failure(response, purpose)
        let body = ErrorBody(response)
        let words = body.text.lowercased()
        if body.has("MANIFEST_UNKNOWN", "BLOB_UNKNOWN") {
            failure.kind = .contentMissing
        } else if reference.digest == nil, body.has("TAG_INVALID", "PRECONDITION"),
            ["immutab", "overwr"].contains(where: { words.contains($0) })
        {
            // The codes say no more than that the tag, or the time, is wrong; Harbor uses the second.
            failure.kind = .immutable
        }
        return failure
    }

    /// Removes a manifest by its digest.
    public func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        var purpose = purpose("delete manifest", .digest(digest), repository)
        purpose.scopes = [.delete(repository)]
        let response = try await exchange(request(.delete, .digest(digest), repository), for: purpose)
        guard response.isSuccess || response.status == 404 else { throw failure(response, purpose) }
    }

    /// The digest that an answer names.
    private func named(by response: Response, _ purpose: Purpose) throws(RegistryError) -> Digest? {
        guard let text = response.headers[.contentDigest] else { return nil }
        do { return try Digest(text) } catch {
            throw malformed(purpose, "its Docker-Content-Digest says " + error.description)
        }
    }
}
