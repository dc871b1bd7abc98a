import HTTP
import HTTPTypes
import OCI

extension DistributionClient {
    /// What a request for an upload came to.
    public enum UploadStart: Sendable {
        /// The blob was mounted: nothing is to be sent.
        case mounted
        /// A session is open.
        case open(UploadSession)
    }

    /// Opens an upload; with a digest it asks for a mount first, from a neighbour or from anywhere, and the
    /// session that a refused mount opens is the one that is used.
    public func startUpload(
        in repository: RepositoryName, mounting digest: Digest? = nil, from neighbour: RepositoryName? = nil
    ) async throws(RegistryError) -> UploadStart {
        guard let digest else {
            let purpose = Purpose(
                action: "start an upload in", subject: repository.description, scopes: scopes(repository))
            let address = address(repository, "blobs/uploads/")
            let response = try await exchange(Request(.post, address, body: []), for: purpose)
            return .open(try session(response, at: address, in: repository, purpose))
        }
        return try await mount(digest, from: neighbour, in: repository)
    }

    private func mount(_ digest: Digest, from neighbour: RepositoryName?, in repository: RepositoryName)
        async throws(RegistryError) -> UploadStart
    {
        let purpose = Purpose(
            action: "mount or upload", subject: "\(repository)@\(digest)",
            scopes: scopes(repository, mounting: neighbour))
        var address = address(repository, "blobs/uploads/").adding(query: "mount", digest.description)
        if let neighbour { address = address.adding(query: "from", neighbour.description) }
        let response: Response
        do { response = try await exchange(Request(.post, address, body: []), for: purpose) } catch {
            // No right to read the neighbour says nothing of the right to write here.
            guard error.kind == .denied else { throw error }
            return try await startUpload(in: repository)
        }
        if response.status == 201 { return .mounted }
        // Some registries refuse the question itself, without `from` or across repositories.
        if (400..<500).contains(response.status) { return try await startUpload(in: repository) }
        return .open(try session(response, at: address, in: repository, purpose))
    }

    private func session(
        _ response: Response, at address: Address, in repository: RepositoryName, _ purpose: Purpose
    ) throws(RegistryError) -> UploadSession {
        guard response.status == 202 else { throw failure(response, purpose) }
        var session = UploadSession(
            location: try location(of: response, at: address, purpose), repository: repository)
        session.smallestPiece = response.headers[.chunkMinimum].flatMap { Int64($0) }.flatMap {
            $0 > 0 ? $0 : nil
        }
        return session
    }

    /// Asks how many bytes a session has; `nil` where there is nothing to go on with.
    public func status(of session: UploadSession) async throws(RegistryError) -> UploadSession? {
        if case .open(let found) = try await standing(of: session) { found } else { nil }
    }

    /// What has become of a session.
    enum UploadStanding: Sendable {
        /// It is open, and has so much.
        case open(UploadSession)
        /// The registry has lost it.
        case gone
        /// It has other bytes than its Location says.
        case unusable
    }

    /// Asks what has become of a session.
    func standing(of session: UploadSession) async throws(RegistryError) -> UploadStanding {
        let purpose = purpose(of: session, "ask for the upload in")
        let response = try await exchange(sessionRequest(.get, session), for: purpose)
        switch response.status {
        case 404, 410: return .gone
        case 400, 416: return .unusable
        default:
            guard response.isSuccess else { throw failure(response, purpose) }
            return .open(try advanced(session, by: response, purpose))
        }
    }

    /// Ends a session without a blob; a lost one is no error.
    public func cancel(_ session: UploadSession) async throws(RegistryError) {
        try await cancel(session, tried: 1)
    }

    /// The same, counting tries from a number on.
    func cancel(_ session: UploadSession, tried: Int) async throws(RegistryError) {
        let purpose = purpose(of: session, "cancel the upload in")
        var tried = tried
        let response = try await exchange(sessionRequest(.delete, session), for: purpose, tried: &tried)
        guard response.isSuccess || response.status == 404 else { throw failure(response, purpose) }
    }

    /// Sends bytes from memory as the next piece.
    public func append(_ bytes: [UInt8], to session: UploadSession) async throws(RegistryError)
        -> UploadSession
    {
        let purpose = purpose(of: session, "send a piece to")
        var request = sessionRequest(.patch, session)
        request.headers = pieceHeaders(from: session.offset, count: Int64(bytes.count))
        request.body = bytes
        let response = try await exchange(request, for: purpose)
        guard response.isSuccess else { throw uploadFailure(response, purpose) }
        return try advanced(session, by: response, purpose, sent: Int64(bytes.count))
    }

    /// Closes a session, with the last bytes where they are in memory.
    public func finish(_ session: UploadSession, as digest: Digest, with bytes: [UInt8] = [])
        async throws(RegistryError)
    {
        var tried = 1
        try await finish(session, as: digest, with: bytes, tried: &tried)
    }

    /// The same, as a part of what is itself tried again.
    func finish(
        _ session: UploadSession, as digest: Digest, with bytes: [UInt8] = [], tried: inout Int
    ) async throws(RegistryError) {
        let purpose = purpose("upload blob", blob: digest, in: session.repository)
        var request = sessionRequest(.put, session)
        request.address = session.location.adding(query: "digest", digest.description)
        request.headers = [.contentType: "application/octet-stream"]
        request.body = bytes
        let response = try await exchange(request, for: purpose, tried: &tried)
        guard response.isSuccess else { throw uploadFailure(response, purpose) }
        try checkStored(response, as: digest, purpose)
    }

    // MARK: - Parts

    func purpose(of session: UploadSession, _ action: String) -> Purpose {
        Purpose(action: action, subject: session.repository.description, scopes: scopes(session.repository))
    }

    private func sessionRequest(_ method: HTTPRequest.Method, _ session: UploadSession) -> Request {
        Request(method, session.location, answerLimit: 64 << 10)
    }

    /// `Content-Range: first-last`, without a unit (distribution-spec, "Pushing a blob in chunks").
    func pieceHeaders(from offset: Int64, count: Int64) -> HTTPFields {
        [.contentType: "application/octet-stream", .contentRange: "\(offset)-\(offset + count - 1)"]
    }

    /// A session after an answer. Bytes sent are counted here: some registries answer several pieces with the
    /// Range of the first.
    func advanced(
        _ session: UploadSession, by response: Response, _ purpose: Purpose, sent: Int64? = nil
    ) throws(RegistryError) -> UploadSession {
        var session = session
        if response.headers[.location] != nil {
            session.location = try location(of: response, at: session.location, purpose)
        }
        if let sent {
            session.offset += sent
        } else if let last = response.headers[.range]?.split(separator: "-").last.flatMap({ Int64($0) }) {
            // `Range: 0-0` says one byte, or, at some registries, none: it is only believed beyond that.
            guard (0..<Int64.max).contains(last) else {
                throw malformed(purpose, "an upload with an absurd Range")
            }
            session.offset = last == 0 ? 0 : last + 1
        }
        return session
    }

    /// Where a session goes on. Behind a TLS proxy a registry may call itself http: it is spoken to as before.
    func location(of response: Response, at address: Address, _ purpose: Purpose) throws(RegistryError)
        -> Address
    {
        guard let text = response.headers[.location] else {
            throw malformed(purpose, "an upload without a Location")
        }
        let next: Address
        do { next = try address.resolving(text) } catch { throw malformed(purpose, "\(error)") }
        if !next.origin.isSecure, origin.isSecure {
            guard next.origin.host == origin.host else {
                throw malformed(purpose, "the upload's Location leads from https to \(next.origin)")
            }
            return Address(origin: origin, target: next.target)
        }
        return next
    }

    /// What an answer within a session means: where the session is gone, or has other bytes than we think,
    /// the upload begins anew.
    func uploadFailure(_ response: Response, _ purpose: Purpose) -> RegistryError {
        var failure = failure(response, purpose)
        let isLost = ErrorBody(response).has("BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID")
        if isLost || [404, 416].contains(response.status) { failure.kind = .sessionLost }
        return failure
    }

    func checkStored(_ response: Response, as digest: Digest, _ purpose: Purpose) throws(RegistryError) {
        // A registry may answer with the digest of another function, which says nothing.
        guard let told = response.headers[.contentDigest].flatMap({ try? Digest($0) }),
            told.algorithm == digest.algorithm, told != digest
        else { return }
        throw malformed(purpose, "the registry stored \(told)")
    }
}
