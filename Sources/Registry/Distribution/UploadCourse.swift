import HTTP
import HTTPTypes
import Logging
import OCI

/// One blob on its way from its source into an upload session: where it stands, and how it goes on when the
/// source breaks off or the destination has taken a part.
actor UploadCourse {
    let blob: Descriptor
    let source: DistributionClient
    let destination: DistributionClient
    /// What the destination's requests are for.
    let purpose: Purpose
    /// What the source's requests are for.
    let reading: Purpose
    /// The session as the last answer left it; it counts what the registry has said that it has.
    private(set) var session: UploadSession
    /// How many bytes one request brings; `nil`: all of them.
    private let partSize: Int64?
    private let sourceRepository: RepositoryName
    /// Why there was no next part.
    private(set) var failure: RegistryError?

    private var download: Request
    private var sourceProof: Authorization?
    private(set) var proof: Authorization?
    private var sourceRenewals = Renewals()
    private var renewals = Renewals()
    private var redirects = 0
    /// Where the source last broke off, and how often without having come on.
    private var mark: Int64 = 0
    private(set) var tried = 1
    /// How much of the blob the session had when the stream began that is under way.
    private var start: Int64 = 0

    init(
        _ blob: Descriptor, from source: DistributionClient, _ repository: RepositoryName,
        into session: UploadSession, at destination: DistributionClient, purpose: Purpose, partSize: Int64?
    ) {
        self.blob = blob
        self.source = source
        self.destination = destination
        self.purpose = purpose
        self.session = session
        self.partSize = partSize
        sourceRepository = repository
        reading = source.purpose("read blob", blob: blob.digest, in: repository)
        download = source.request(for: blob, in: repository, from: session.offset)
    }

    /// True where one PUT brings all and closes the session.
    var isWhole: Bool { partSize == nil && session.offset == 0 }

    /// The stream of all that the session lacks.
    ///
    /// Proofs are looked for only now, since they would age while a slot was waited for.
    func transfer() async throws(RegistryError) -> BlobTransfer {
        let source = try await sourceRequest()
        var transfer = BlobTransfer(
            download: source, upload: try await uploadRequest(), size: blob.size - session.offset,
            checksum: session.offset == 0 ? Checksum(of: blob.digest) : nil)
        start = session.offset
        mark = start
        transfer.offset = start
        transfer.partSize = partSize
        transfer.guide = self
        return transfer
    }

    /// Decides what the source is asked after an answer without content: with a fresh proof, or elsewhere.
    func askAgain(after response: Response) async throws(RegistryError) {
        if source.isQuestion(response), sourceRenewals.allow(after: sourceProof) {
            startFromRegistry()
            do { try await source.renew(sourceProof, after: response, for: reading) } catch {
                throw error.on(.source)
            }
        } else if response.isRedirect {
            redirects += 1
            do {
                guard redirects <= Redirects.most else { throw RedirectError.tooMany }
                download = try download.following(response)
            } catch {
                throw source.malformed(reading, "\(error)").on(.source)
            }
        } else {
            throw source.failure(response, reading).on(.source)
        }
    }

    /// True where a refused proof of the destination's was replaced, so that another try is due.
    func renewed(after response: Response) async throws(RegistryError) -> Bool {
        guard destination.isQuestion(response), renewals.allow(after: proof) else { return false }
        try await destination.renew(proof, after: response, for: purpose)
        startFromRegistry()
        return true
    }

    /// Takes in the answer to the last bytes.
    func tookAll(_ response: Response) async throws(RegistryError) {
        try await advance(by: response, to: blob.size)
    }

    private func advance(by response: Response, to offset: Int64) async throws(RegistryError) {
        session = try destination.advanced(
            session, by: response, purpose, sent: offset - session.offset)
        await destination.note(session, of: blob, from: .remote(source, sourceRepository))
    }

    /// A redirect's target may have run out since: the registry is asked anew, and tells where to go now.
    private func startFromRegistry(at offset: Int64? = nil) {
        redirects = 0
        download = source.request(for: blob, in: sourceRepository, from: offset ?? session.offset)
    }

    private func sourceRequest() async throws(RegistryError) -> Request {
        do { sourceProof = try await source.proof(for: reading) } catch { throw error.on(.source) }
        return source.prepared(download, proof: sourceProof)
    }

    /// The request that takes what comes next (distribution-spec, "Pushing blobs").
    private func uploadRequest() async throws(RegistryError) -> Request {
        proof = try await destination.proof(for: purpose)
        var request = Request(.put, session.location, answerLimit: 64 << 10)
        if isWhole {
            request.address = session.location.adding(query: "digest", blob.digest.description)
            request.headers = [.contentType: "application/octet-stream"]
        } else {
            let left = blob.size - session.offset
            request.method = .patch
            request.headers = destination.pieceHeaders(
                from: session.offset, count: min(partSize ?? left, left))
        }
        return destination.prepared(request, proof: proof)
    }
}

extension UploadCourse: TransferGuide {
    /// Where the source broke off, it is asked for the rest, as long as it comes on: a break after less than
    /// `Resuming.progress` counts as a failed try.
    func reopen(after setback: SourceSetback, at offset: Int64) async -> Request? {
        do {
            switch setback {
            case .refused(let response):
                do throws(RegistryError) { try await askAgain(after: response) } catch {
                    try await wait(after: error, at: offset)
                }
            case .broke(let error):
                try await wait(after: source.failure(error, reading).on(.source), at: offset)
            }
            return try await sourceRequest()
        } catch {
            return nil
        }
    }

    private func wait(after failure: RegistryError, at offset: Int64) async throws {
        // The destination's session is open meanwhile: a long wait is for when it is closed.
        guard failure.retryAfter ?? .zero <= Resuming.longestWait else { throw failure }
        if offset - mark >= Resuming.progress { (mark, tried, sourceRenewals) = (offset, 1, Renewals()) }
        try await source.pause(tried: tried, failure)
        tried += 1
        startFromRegistry(at: offset)
        source.logger.debug(
            "going on with a blob", metadata: ["blob": "\(blob.digest)", "offset": "\(offset)"])
    }

    /// The session goes on where the last answer says; what was sent with it is there.
    func nextPart(after response: Response, sent: Int64) async -> Request? {
        do throws(RegistryError) {
            try await advance(by: response, to: start + sent)
            return try await uploadRequest()
        } catch {
            failure = error
            return nil
        }
    }
}

/// The bounds on going on with what broke.
enum Resuming {
    /// Blobs of at least this size are gone on with; smaller ones are sent again, which costs less than to ask.
    static let above: Int64 = 1 << 20
    /// Blobs of at least this size are noted, so that a later process can go on with them.
    static let journalled: Int64 = 8 << 20
    /// So often in a pass it is asked in vain how far an upload has come, before the blob begins anew.
    static let mostAsked = 3
    /// So many bytes further, a break is a first one again.
    static let progress: Int64 = 1 << 20
    /// How long a source may ask to be left alone while an upload is held open for it.
    static let longestWait = Duration.seconds(30)
}

extension DistributionClient {
    /// The request that reads a blob from a place to its end.
    fileprivate nonisolated func request(
        for blob: Descriptor, in repository: RepositoryName, from offset: Int64
    ) -> Request {
        var request = Request(.get, address(repository, "blobs/\(blob.digest)"), answerLimit: 64 << 10)
        if offset > 0 { request.headers[.range] = "bytes=\(offset)-" }
        return request
    }
}
