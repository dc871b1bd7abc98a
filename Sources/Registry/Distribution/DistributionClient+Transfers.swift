import HTTP
import HTTPTypes
import Logging
import OCI

extension DistributionClient {
    /// Stores a blob: mounted where a neighbour is named and the registry agrees, else sent.
    ///
    /// A broken transfer is tried again from a new session, after asking whether the broken one got through.
    public func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        let purpose = purpose("upload blob", blob: blob.digest, in: repository)
        var start = try await startUpload(
            in: repository, mounting: neighbour.map { _ in blob.digest }, from: neighbour)
        var tried = 1
        while true {
            guard case .open(let session) = start else { return .mounted }
            do {
                try await fill(session, with: blob, from: body, purpose, tried: &tried)
                return .uploaded
            } catch let failure {
                do { try await pause(tried: tried, failure) } catch {
                    await abandon(session, after: failure)
                    throw error
                }
                tried += 1
                if await isUntouched(after: failure) { continue }
                if try await hasBlob(blob.digest, in: repository) { return .uploaded }
                await abandon(session, after: failure)
                start = try await startUpload(in: repository)
            }
        }
    }

    /// True where the source failed before a byte was sent on: the session serves the next try. Pieces may
    /// have gone before.
    private func isUntouched(after failure: RegistryError) async -> Bool {
        guard failure.side == .source, await traits.pieceSize == nil else { return false }
        return switch failure.kind {
        case .throttled, .unavailable, .transport(.connect), .transport(.unknownHost): true
        default: false
        }
    }

    /// Tells the registry that a session is not needed any more, where it still answers.
    private func abandon(_ session: UploadSession, after failure: RegistryError) async {
        switch failure.kind {
        case .sessionLost, .cancelled: return
        case .transport, .unavailable, .throttled, .denied:
            guard failure.side == .source else { return }
        default: break
        }
        do throws(RegistryError) { try await cancel(session) } catch {
            logger.debug("an upload is left open", metadata: ["failure": "\(error)"])
        }
    }

    private func fill(
        _ session: UploadSession, with blob: Descriptor, from body: BlobBody, _ purpose: Purpose,
        tried: inout Int
    ) async throws(RegistryError) {
        switch body {
        case .bytes(let bytes):
            try await finish(session, as: blob.digest, with: bytes, tried: &tried)
        case .whole(let read):
            let bytes: [UInt8]
            do { bytes = try await read() } catch { throw error.on(.source) }
            try await finish(session, as: blob.digest, with: bytes, tried: &tried)
        case .remote(let source, let repository):
            let part = BlobPart(blob: blob, source: source, sourceRepository: repository)
            let least = session.smallestPiece ?? 0
            let known = await traits.pieceSize
            if let size = known, blob.size > max(size, least) {
                return try await sendPieces(
                    of: part, size: max(size, least), to: session, purpose, tried: &tried)
            }
            do {
                let response = try await stream(part, to: session, purpose)
                try checkStored(response, as: blob.digest, purpose)
            } catch
                where error.kind == .tooLarge && known == nil && error.place == place
                && blob.size > RegistryTraits.smallPiece
            {
                // A proxy before the registry bounds bodies: in pieces the blob may pass.
                await traits.sawTooLarge()
                var failure = error
                failure.kind = .sessionLost
                throw failure
            }
        }
    }

    private func sendPieces(
        of whole: BlobPart, size: Int64, to session: UploadSession, _ purpose: Purpose, tried: inout Int
    ) async throws(RegistryError) {
        var session = session
        while session.offset < whole.blob.size {
            var part = whole
            let left = whole.blob.size - session.offset
            part.range = session.offset...(session.offset + min(size, left) - 1)
            let response = try await stream(part, to: session, purpose)
            session = try advanced(session, by: response, purpose, sent: part.size)
        }
        try await finish(session, as: whole.blob.digest, tried: &tried)
    }

    /// Streams a blob, or a range of it, from its source into a session, holding slots of both sides.
    private func stream(_ part: BlobPart, to session: UploadSession, _ purpose: Purpose)
        async throws(RegistryError) -> Response
    {
        do {
            let run = {
                try await self.withBoth(part.source, purpose) { () async throws(RegistryError) in
                    try await self.pass(part, to: session, purpose)
                }
            }
            return try await part.size > LargeBlobs.above ? largeBlobs.holding(1, run) : run()
        } catch let error as RegistryError {
            // A proof that could not be got is told without a side.
            throw error.on(error.place == part.source.place ? .source : .destination)
        } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }

    /// Streams once the slots are there: proofs are looked for only now, since they would age in the queue.
    ///
    /// Each side gets one fresh token, and the source may redirect; anything else that goes wrong is thrown.
    private func pass(_ part: BlobPart, to session: UploadSession, _ purpose: Purpose)
        async throws(RegistryError) -> Response
    {
        let source = part.source
        let reading = source.purpose("read blob", blob: part.blob.digest, in: part.sourceRepository)
        var download = source.request(for: part)
        var (redirects, sourceRenewals, renewals) = (0, Renewals(), Renewals())
        while true {
            let sourceProof = try await source.proof(for: reading)
            let proof = try await proof(for: purpose)
            let transfer = BlobTransfer(
                download: source.prepared(download, proof: sourceProof),
                upload: prepared(request(for: part, to: session), proof: proof), size: part.size,
                checksum: part.checksum)
            switch try await pipe(transfer, from: source, reading, purpose) {
            case .answered(let response) where isQuestion(response) && renewals.allow(after: proof):
                try await renew(proof, after: response, for: purpose)
            case .answered(let response):
                source.trace(transfer.download, "streamed")
                trace(transfer.upload, "\(response.status)")
                guard response.isSuccess else { throw uploadFailure(response, purpose).on(.destination) }
                await showWarning(response)
                return response
            case .refusedAtSource(let response)
            where source.isQuestion(response) && sourceRenewals.allow(after: sourceProof):
                download = source.request(for: part)
                try await source.renew(sourceProof, after: response, for: reading)
            case .refusedAtSource(let response) where response.isRedirect:
                redirects += 1
                do {
                    guard redirects <= Redirects.most else { throw RedirectError.tooMany }
                    download = try download.following(response)
                } catch {
                    throw source.malformed(reading, "\(error)").on(.source)
                }
            case .refusedAtSource(let response):
                throw source.failure(response, reading).on(.source)
            }
        }
    }

    private func pipe(
        _ transfer: BlobTransfer, from source: DistributionClient, _ reading: Purpose, _ purpose: Purpose
    ) async throws(RegistryError) -> PipeOutcome {
        try await source.keepRate(reading)
        try await keepRate(purpose)
        do { return try await transport.pipe(transfer) } catch {
            throw error.end == .download
                ? source.failure(error, reading).on(.source) : failure(error, purpose).on(.destination)
        }
    }

    /// The request that reads a blob or a part of it.
    private func request(for part: BlobPart) -> Request {
        var request = Request(
            .get, address(part.sourceRepository, "blobs/\(part.blob.digest)"), answerLimit: 64 << 10)
        if let range = part.range {
            request.headers[.range] = "bytes=\(range.lowerBound)-\(range.upperBound)"
        }
        return request
    }

    /// The request that a session takes a blob or a part of it with.
    private func request(for part: BlobPart, to session: UploadSession) -> Request {
        if let range = part.range {
            var request = Request(.patch, session.location, answerLimit: 64 << 10)
            request.headers = pieceHeaders(from: range.lowerBound, count: part.size)
            return request
        }
        return Request(
            .put, session.location.adding(query: "digest", part.blob.digest.description),
            headers: [.contentType: "application/octet-stream"], answerLimit: 64 << 10)
    }
}

/// The bound on large blobs under way to one registry: more at once fill no line better, and cost memory.
enum LargeBlobs {
    /// How many bytes a blob has at least to count.
    static let above: Int64 = 1 << 20
    /// How many stream at once.
    static let most = 8
}

/// A blob at its source, or a range of it.
struct BlobPart: Sendable {
    var blob: Descriptor
    var source: DistributionClient
    var sourceRepository: RepositoryName
    /// The bytes meant; `nil`: all.
    var range: ClosedRange<Int64>?

    var size: Int64 { range.map { $0.upperBound - $0.lowerBound + 1 } ?? blob.size }

    /// What the stream must hash to; a range has no digest of its own.
    var checksum: Checksum? {
        guard range == nil else { return nil }
        return Checksum(blob.digest.algorithm == .sha256 ? .sha256 : .sha512, hex: blob.digest.hex)
    }
}
