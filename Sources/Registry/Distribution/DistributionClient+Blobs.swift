import HTTP
import HTTPTypes
import OCI

extension DistributionClient {
    func purpose(_ action: String, blob digest: Digest, in repository: RepositoryName) -> Purpose {
        Purpose(
            action: action, subject: "\(repository)@\(digest)", scopes: scopes(repository), reading: .read)
    }

    /// Whether a repository holds a blob, by HEAD.
    public func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        let purpose = purpose("look for blob", blob: digest, in: repository)
        let response = try await exchange(
            Request(.head, address(repository, "blobs/\(digest)")), for: purpose)
        guard response.status != 404 else { return false }
        guard response.isSuccess else { throw failure(response, purpose) }
        return true
    }

    /// A blob's bytes, whole: for small ones.
    ///
    /// - Parameter range: the bytes wanted; a registry that does not know ranges sends all.
    public func readBlob(
        _ digest: Digest, in repository: RepositoryName, range: ClosedRange<Int64>? = nil, most: Int = 4 << 20
    ) async throws(RegistryError) -> [UInt8] {
        let purpose = purpose("read blob", blob: digest, in: repository)
        var request = Request(.get, address(repository, "blobs/\(digest)"), answerLimit: most)
        if let range { request.headers[.range] = "bytes=\(range.lowerBound)-\(range.upperBound)" }
        let response = try await exchange(request, for: purpose)
        guard response.isSuccess else { throw failure(response, purpose) }
        if range == nil {
            let sum = Digest(hashing: response.body, by: digest.algorithm)
            guard sum == digest else {
                throw RegistryError(
                    .wrongBytes, at: place, while: purpose.action, purpose.subject,
                    detail: "what came hashes to \(sum)")
            }
        }
        return response.body
    }

    /// Removes a blob from a repository; a missing one is no error.
    public func deleteBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        var purpose = purpose("delete blob", blob: digest, in: repository)
        purpose.scopes = [.delete(repository)]
        let response = try await exchange(
            Request(.delete, address(repository, "blobs/\(digest)")), for: purpose)
        guard response.isSuccess || response.status == 404 else { throw failure(response, purpose) }
    }

    /// A blob of this registry, to be streamed into another place.
    public func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody {
        .remote(self, repository)
    }
}
